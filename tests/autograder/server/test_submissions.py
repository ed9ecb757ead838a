"""What comes in is kept once, counted as tries, and closed in time."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update

from autograder.results.home import HomeError
from autograder.results.jobs import QueuedJob
from autograder.results.people import HandIn
from autograder.results.store import moment
from autograder.server.settings import ClassSettings
from autograder.server.work.grading import QUEUE
from autograder.server.work.line import Line
from tests.helpers.classes import Served, upload
from tests.helpers.verdicts import verdict

STUDENTS = 30


@pytest.fixture
def closed(there: Served) -> Iterator[None]:
    """Let the first assignment have closed an hour ago."""
    before = there.desk.settings
    offer = replace(before.assignments[0], until=datetime.now(UTC) - timedelta(hours=1))
    there.desk.settings = ClassSettings(assignments=(offer, *before.assignments[1:]))
    yield
    there.desk.settings = before


def test_tries_are_counted_and_the_same_file_is_none(there: Served) -> None:
    client = there.client("ada")
    first = upload(client, "a = 1").json()
    assert (first["before"], first["tries_left"]) == (False, 1)
    again = upload(client, "a = 1").json()
    assert again == {"number": first["number"], "before": True, "tries_left": 1}
    second = upload(client, "a = 2").json()["number"]
    refused = upload(client, "a = 3")
    assert refused.status_code == 400
    assert "at most 2 tries within 24 hours" in refused.json()["error"]
    assert "the next is free on" in refused.json()["error"]
    offered = client.get("/api/class").json()["assignments"][0]
    assert (offered["tries_left"], bool(offered["next_try"])) == (0, True)
    assert upload(client, "a = 1").json()["before"]  # an earlier one can still be asked for

    # A fault of ours costs no try, and a day later there is another.
    with there.desk.queue.writing() as session:
        session.execute(
            update(QueuedJob).where(QueuedJob.id == second).values(state="given up", fault="ours")
        )
    third = upload(client, "a = 3")
    assert third.json()["tries_left"] == 0
    with there.desk.queue.writing() as session:
        session.execute(update(HandIn).values(created=moment() - timedelta(hours=25)))
    assert upload(client, "a = 4").json()["tries_left"] == 1


def test_what_is_closed_is_open_for_whoever_has_longer(there: Served, closed: None) -> None:
    client = there.client("late")
    assert "found that it is later" in upload(client, "b = 1").json()["error"]
    form = {"student": "late", "rules": "under-8k", "days": "2"}
    page = there.browser("prof", "instructor").post("/class/extend", data=form)
    assert "late has until" in page.text
    assert upload(client, "b = 1").status_code == 201


@pytest.mark.parametrize("days", ["0", "401", "0400999999", "00011234", "-1", "٣", ""])
def test_nobody_has_longer_than_400_days(there: Served, days: str) -> None:
    there.token("late")
    form = {"student": "late", "rules": "under-8k", "days": days}
    page = there.browser("prof", "instructor").post("/class/extend", data=form)
    assert page.status_code == 400
    assert "expected 1 to 400 days" in page.text


def test_of_many_at_once_none_is_lost_and_none_is_twice(there: Served) -> None:
    def hand_in(number: int) -> list[int]:
        with there.client(f"crowd {number}") as client:
            return [upload(client, f"c = {number}").json()["number"] for _ in range(2)]

    with ThreadPoolExecutor(STUDENTS) as crowd:
        numbers = list(crowd.map(hand_in, range(STUDENTS)))
    assert all(first == again for first, again in numbers)
    assert len({first for first, _ in numbers}) == STUDENTS
    with there.desk.queue.reading() as session:
        waiting = select(func.count()).select_from(QueuedJob).where(QueuedJob.queue == QUEUE)
        crowd_only = waiting.where(QueuedJob.student.startswith("crowd"))
        assert session.scalar(crowd_only) == STUDENTS


def test_of_somebody_s_files_at_once_no_more_are_taken_than_there_are_tries(there: Served) -> None:
    there.token("eager")

    def hand_in(number: int) -> int:
        with there.client("eager") as client:
            return upload(client, f"d = {number}").status_code

    with ThreadPoolExecutor(8) as crowd:
        answers = sorted(crowd.map(hand_in, range(8)))
    assert answers == [201, 201, *[400] * 6]


def test_who_waits_knows_how_many_are_ahead_and_how_long(there: Served) -> None:
    queue, line = there.desk.queue, there.desk.line
    numbers = [upload(there.client(f"wait {n}"), f"e = {n}").json()["number"] for n in range(3)]
    line.looked, line.stale = 0.0, True
    line.look()
    first, last = line.order[numbers[0]], line.order[numbers[-1]]
    assert last == first + 2
    assert line.wait(last) is None  # nothing was graded yet
    claim = queue.claim(QUEUE, "somebody")
    assert claim is not None
    queue.finish(claim, verdict((9_950,)), seconds=60.0)
    line.looked, line.stale = 0.0, True
    line.look()
    assert line.wait(3) == pytest.approx(3 * 60.0)  # one at a time here
    assert line.wait(0) == 0.0
    line.begun[-1] = time.monotonic() - 45.0
    assert line.wait(2) == pytest.approx(15.0 + 2 * 60.0, abs=10.0)
    line.begun.clear()


def test_a_look_that_failed_is_made_again(there: Served) -> None:
    line, another = (Line(there.desk.queue, QUEUE, lambda: 4) for _ in range(2))
    another.look()
    with there.desk.queue.writing() as session:
        session.execute(text("ALTER TABLE jobs RENAME TO away"))
    with pytest.raises(HomeError):
        line.look()
    with there.desk.queue.writing() as session:
        session.execute(text("ALTER TABLE away RENAME TO jobs"))
    line.looked = 0.0
    line.order = {-1: 0}  # of before
    line.look()
    assert line.order == another.order


def test_of_many_that_grade_at_once_one_is_free_after_the_other(there: Served) -> None:
    line = Line(there.desk.queue, QUEUE, lambda: 4, typical=100.0)
    now = time.monotonic()
    line.begun = {number: now - since for number, since in enumerate((10.0, 90.0, 40.0, 60.0))}
    waits = [line.wait(ahead) for ahead in (0, 1, 3, 4)]
    assert waits == pytest.approx([10.0, 40.0, 90.0, 110.0], abs=5.0)
    line.begun.popitem()
    assert line.wait(0) == 0.0  # one of the four has nothing to do
    for seconds in (20.0, 40.0):
        line.ended(seconds)
    line.look()
    assert line.typical == 30.0  # by what ended last, whatever number it has
