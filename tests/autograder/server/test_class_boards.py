"""Boards rank as `ranking` does, read an index however long they are, and can stand still."""

import random
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import delete, event, text
from sqlalchemy.dialects import postgresql, sqlite

from autograder.assignment import load
from autograder.fleet.queue import Queue, Ticket
from autograder.job import Options
from autograder.results.database import confirmation_of, entry_of
from autograder.results.leaderboard import Leaderboard
from autograder.results.people import Standing
from autograder.results.ranking import ranked_rows
from autograder.results.rows import RankedRow
from autograder.results.standings import page, rank_of, read_page, stand
from autograder.results.store import moment
from tests.helpers.boards import filled
from tests.helpers.classes import Served
from tests.helpers.databases import Database
from tests.helpers.verdicts import verdict

RULES = load("under-8k").sha256
MANY = 20_000


@pytest.fixture
def board(database: Database) -> Iterator[Leaderboard]:
    with Leaderboard(database.url) as opened:
        yield opened


def told(rows: list[RankedRow]) -> list[tuple[object, ...]]:
    return [(r["rank"], r["id"], r["verified"], r["confirmation"], r["tries"]) for r in rows]


def test_places_are_those_of_the_one_rule(board: Leaderboard) -> None:
    noise = random.Random(1)
    for number in range(60):
        correct = tuple(noise.randint(9_930, 9_960) for _ in range(noise.choice([1, 1, 3])))
        data = noise.choice(["mnist", "mnist", "practice"])
        made = verdict(correct, noise.randint(6_990, 7_010), data)
        entry = entry_of(made, f"student {noise.randint(1, 12)}", "")
        entry.created = moment() - timedelta(minutes=noise.randint(0, 5))
        board.add(entry)
        if noise.random() < 0.2:
            again = tuple(noise.choice([9_930, 9_950]) for _ in range(4))
            board.add_confirmation(confirmation_of(verdict(again), number + 1))
    expected = ranked_rows(board.entries(RULES))
    assert len(expected) > 5
    with board.reading() as session:
        assert told(read_page(session, RULES)) == told(expected)
        assert told(read_page(session, RULES, 3, 4)) == told(expected[3:7])
        for row in expected:
            assert rank_of(session, RULES, row["handle"]) == row["rank"]


def test_a_long_board_is_read_by_its_index(board: Leaderboard) -> None:
    filled(board, MANY)
    post = board.engine.dialect.name == "postgresql"
    dialect = postgresql.dialect() if post else sqlite.dialect()
    with board.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        words = "EXPLAIN " if post else "EXPLAIN QUERY PLAN "
        bound = str(
            page(RULES, 200, 100).compile(dialect=dialect, compile_kwargs={"literal_binds": True})
        )
        plan = " ".join(str(row) for row in connection.exec_driver_sql(words + bound))
    assert "ix_standings_board" in plan, plan
    assert "Sort" not in plan, plan
    assert "TEMP B-TREE" not in plan, plan
    with board.reading() as session:
        took = []
        for _ in range(3):  # the quickest: another may wait for a processor
            began = time.perf_counter()
            rows = read_page(session, RULES, 200, 100)
            took.append(time.perf_counter() - began)
        assert [row["rank"] for row in rows] == list(range(201, 301))
        assert min(took) < 0.5
        assert rank_of(session, RULES, "s1") in range(1, MANY + 1)


def test_whoever_loses_a_place_while_a_board_is_read_is_left_out(board: Leaderboard) -> None:
    for student, parameters in (("ada", 1_000), ("bob", 2_000)):
        board.add(entry_of(verdict((9_950,), parameters), student, ""))

    def lose(_1: object, _2: object, statement: str, *_rest: object) -> None:
        if "JOIN entries" not in statement:
            return
        with board.writing() as session:
            session.execute(delete(Standing).where(Standing.handle == "ada"))

    event.listen(board.engine, "before_cursor_execute", lose)
    with board.reading() as session:
        ranks = {row["parameters"]: row["rank"] for row in read_page(session, RULES)}
    assert ranks.pop(2_000) == 2
    # SQLite reads both answers of one moment, PostgreSQL each of its own.
    assert ranks == ({1_000: 1} if board.engine.dialect.name == "sqlite" else {})


def test_a_frozen_board_stands_still_and_then_catches_up(there: Served) -> None:
    there.place("ice", verdict((9_950,), parameters=3_000))
    prof, form = there.browser("prof", "instructor"), {"rules": "under-8k"}
    assert "stands still" in prof.post("/class/freeze", data=form).text
    better = there.place("ice", verdict((9_950,), parameters=2_017))
    assert "2,017" not in there.client().get("/").text
    assert there.client().get(f"/entry/{better}").status_code == 404
    assert "moves on" in prof.post("/class/freeze", data=form).text
    assert "2,017" in there.client().get("/").text
    assert there.client().get(f"/entry/{better}").status_code == 200


def test_a_board_s_page_says_all_of_an_entry_without_any_script(there: Served) -> None:
    number = there.place("ada", verdict((9_950, 9_960, 9_955), parameters=1_500))
    again = verdict((9_950,) * 10)
    with there.desk.queue.writing() as session:
        session.add(confirmation_of(again, number))
        session.flush()
        stand(session, RULES, "ada")
    page = there.client().get("/board/under-8k").text
    for said in ("ada the nick", "1,500", "99.55%", "± 0.05 (3)", "confirmed", f"/entry/{number}"):
        assert said in page
    assert f'<a href="/entry/{number}"><title>' in page  # in the figure: a link with a title
    entry = there.client().get(f"/entry/{number}").text
    for said in ("1,500", "10 of 10 passed", "Every epoch of every seed", "Its neighbours"):
        assert said in entry
    assert "For its owner alone" not in entry
    own = there.client("ada").get(f"/entry/{number}").text
    assert "For its owner alone" in own
    assert "class Net" in own
    rows = there.client().get("/api/board/under-8k").json()["rows"]
    assert [row["handle"] for row in rows if row["id"] == number] == ["ada the nick"]
    csv = there.client("prof", "instructor").get("/class/under-8k.csv").text
    assert "ada the nick" in csv


def test_the_queue_s_own_verdicts_are_placed(database: Database) -> None:
    ticket = Ticket("class", "ada", "model.py", b"net", load("under-8k"), Options(seeds=1))
    with Queue(database.url) as queue:
        queue.put(ticket)
        claim = queue.claim("class", "here")
        assert claim is not None
        queue.finish(claim, verdict((9_950,)), 1)
        with queue.reading() as session:
            assert rank_of(session, RULES, "ada") == 1
