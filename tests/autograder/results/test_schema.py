"""A database of any earlier version is taken over whole; whatever else is there is left alone."""

import multiprocessing
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from autograder.results.database import Base, confirmation_of, entry_of
from autograder.results.home import HomeError
from autograder.results.leaderboard import Leaderboard
from autograder.results.schema import MIGRATIONS, NEWEST
from tests.helpers.verdicts import verdict


@pytest.fixture
def former(own_home: Path) -> Path:
    """Write a leaderboard as the first edition did: one table, and nothing about versions."""
    with Leaderboard() as board:
        board.add(entry_of(verdict((9_950, 9_960)), "ada", "source"))
        with board.engine.begin() as connection:
            connection.execute(text("DROP TABLE alembic_version"))
            connection.execute(text("DROP INDEX ix_entries_student"))
            for table in reversed(Base.metadata.sorted_tables):
                if table.name != "entries":
                    connection.execute(text(f"DROP TABLE {table.name}"))
    return own_home / "leaderboard.sqlite"


def test_the_first_editions_leaderboard_is_taken_over_and_a_copy_kept(former: Path) -> None:
    with Leaderboard() as board:
        found = board.get(1)
        assert found is not None
        assert (found.handle, found.verdict) == ("ada", verdict((9_950, 9_960)))
        board.add_confirmation(confirmation_of(verdict((9_950,) * 2), 1))
        again = board.get(1)
        assert again is not None
        assert str(again.confirmation) == "2 of 2"
    [copy] = former.parent.glob("leaderboard.sqlite.before-*")
    connection = sqlite3.connect(copy)
    assert connection.execute("SELECT handle FROM entries").fetchall() == [("ada",)]
    assert (
        connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'jobs'").fetchone()[0]
        == 0
    )
    connection.close()


def count_entries(numbers: "multiprocessing.Queue[int]") -> None:
    with Leaderboard() as board:
        numbers.put(len(board.entries()))


def test_of_several_processes_at_once_one_brings_it_up_to_date(former: Path) -> None:
    context = multiprocessing.get_context("fork")
    numbers: multiprocessing.Queue[int] = context.Queue()
    crowd = [context.Process(target=count_entries, args=(numbers,)) for _ in range(4)]
    for process in crowd:
        process.start()
    assert [numbers.get(timeout=60) for _ in crowd] == [1] * 4
    for process in crowd:
        process.join()


def test_the_migrations_make_what_the_tables_say(own_home: Path) -> None:
    with Leaderboard() as board, board.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == NEWEST


def test_a_database_of_a_newer_version_is_left_as_it_is(own_home: Path) -> None:
    with Leaderboard() as board, board.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(HomeError, match="which a newer one has written; install that"):
        Leaderboard()


def test_a_migration_that_fails_leaves_nothing_half_done(
    former: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = sqlite3.connect(former)
    connection.execute("CREATE TABLE jobs (id INTEGER)")  # whose, nobody knows
    connection.commit()
    connection.close()
    with pytest.raises(HomeError, match="table jobs already exists"):
        Leaderboard()
    connection = sqlite3.connect(former)
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    assert "confirmations" not in tables
    assert connection.execute("SELECT count(*) FROM entries").fetchone() == (1,)
    connection.close()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("nonsense", "expected AUTOGRADE_DATABASE to be a URL such as postgresql://"),
        ("mystery://host/name", "expected AUTOGRADE_DATABASE to be a URL such as postgresql://"),
        ("postgresql://127.0.0.1:1/none", "expected to keep the leaderboard in postgresql"),
    ],
)
def test_a_database_that_cannot_be_opened_is_a_sentence(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, url: str, sentence: str
) -> None:
    monkeypatch.setenv("AUTOGRADE_DATABASE", url)
    with pytest.raises(HomeError, match=sentence):
        Leaderboard()


def test_the_password_of_a_database_is_never_shown(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOGRADE_DATABASE", "postgresql://ada:geheim@127.0.0.1:1/none")
    with pytest.raises(HomeError) as raised:
        Leaderboard()
    assert "geheim" not in str(raised.value)
