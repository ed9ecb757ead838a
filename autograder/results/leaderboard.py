"""The kept submissions: every one that was trained, passed or not, in SQLite by default."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, Table, create_engine, event, inspect, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateIndex, CreateTable

from autograder.results.database import Base, Confirmation, Entry
from autograder.results.home import HomeError, home

WAIT_SECONDS = 60  # for another submission's turn to write


class Leaderboard:
    """The database of kept submissions; a file in the home folder, or another by its URL."""

    def __init__(self, url: str | None = None) -> None:
        self.path = home() / "leaderboard.sqlite"
        self.engine: Engine = create_engine(url or f"sqlite:///{self.path}")
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", patient)
        with self.in_a_sentence():
            self.create()

    def create(self) -> None:
        """Make the tables where they are missing, though another process may be making them too."""
        for table in Base.metadata.sorted_tables:
            self.create_table(table)

    def create_table(self, table: Table) -> None:
        """Make one table, and see that it has the columns of this version."""
        # Not create_all(): it looks first and creates then, and another process may do so between.
        with self.engine.begin() as connection:
            connection.execute(CreateTable(table, if_not_exists=True))
            found = {column["name"] for column in inspect(connection).get_columns(table.name)}
            if lacking := [column.name for column in table.columns if column.name not in found]:
                raise HomeError(
                    f"expected a leaderboard of this version in {self.path}, found one of "
                    f"another version, which lacks {', '.join(lacking)}. It was left as it is: "
                    "move it away, or set AUTOGRADE_HOME to another folder."
                )
            for index in table.indexes:
                connection.execute(CreateIndex(index, if_not_exists=True))

    @contextmanager
    def in_a_sentence(self) -> Iterator[None]:
        """Turn a database's failure into a sentence."""
        try:
            yield
        except SQLAlchemyError as error:
            why = str(getattr(error, "orig", error)).splitlines()[0]
            raise HomeError(
                f"expected to keep the leaderboard in {self.path}, found: {why}. "
                "Free or unlock it, or set AUTOGRADE_HOME to a folder you may write to."
            ) from None

    def add(self, entry: Entry) -> int:
        """Keep an entry, whole or not at all, and return its number."""
        with self.in_a_sentence(), Session(self.engine) as session, session.begin():
            session.add(entry)
            session.flush()  # the database chooses the number
            return entry.id

    def add_confirmation(self, confirmation: Confirmation) -> None:
        """Keep what fresh seeds said of an entry."""
        with self.in_a_sentence(), Session(self.engine) as session, session.begin():
            session.add(confirmation)

    def entries(self, rules: str | None = None, handle: str | None = None) -> list[Entry]:
        """Return the kept entries, oldest first; `rules` is an assignment's sha256."""
        query = select(Entry).order_by(Entry.id)
        if rules is not None:
            query = query.where(Entry.assignment_sha256 == rules)
        if handle is not None:
            query = query.where(Entry.handle == handle)
        with self.in_a_sentence(), Session(self.engine, expire_on_commit=False) as session:
            return list(session.scalars(query))

    def get(self, number: int) -> Entry | None:
        """Return one entry by its number."""
        with self.in_a_sentence(), Session(self.engine, expire_on_commit=False) as session:
            return session.get(Entry, number)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def __enter__(self) -> "Leaderboard":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def patient(connection: DBAPIConnection, record: object) -> None:
    """Let two submissions at once wait for each other, and lose nothing in a crash."""
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {WAIT_SECONDS * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")  # readers go on while one writes
    cursor.close()


def curves_path(number: int) -> Path:
    """Return where the curves of an entry are drawn."""
    folder = home() / "curves"
    folder.mkdir(exist_ok=True)
    return folder / f"{number}.png"
