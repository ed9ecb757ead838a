"""The one database: where it lies, how it is opened, brought up to date, read and written.

    with Store() as store, store.writing() as session:
        session.add(entry)                     # whole or not at all

It is SQLite in the home folder, or whatever AUTOGRADE_DATABASE names, such as
postgresql://user@host/class. Whoever writes holds the right to write from the first statement on:
what it read before it wrote is still true when it writes.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Self, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import Session

from autograder.results.database import Base
from autograder.results.home import HomeError, home, shared_file
from autograder.results.schema import bring_up_to_date

T = TypeVar("T")

WAIT_SECONDS = 60  # for another process's turn to write


class Store:
    """The database, open."""

    def __init__(self, url: str | None = None) -> None:
        # The files beside it, of its write-ahead log, are as open to others as it is.
        self.path = shared_file(home() / "leaderboard.sqlite")
        url = url or os.environ.get("AUTOGRADE_DATABASE") or f"sqlite:///{self.path}"
        self.engine = engine_of(url)
        self.where = self.engine.url.render_as_string()  # without its password
        if self.engine.dialect.name == "sqlite":
            self.where = self.engine.url.database or ""
        with self.in_a_sentence():
            bring_up_to_date(self.engine, self.where)

    @contextmanager
    def in_a_sentence(self) -> Iterator[None]:
        """Turn a database's failure into a sentence."""
        try:
            yield
        except SQLAlchemyError as error:
            why = (str(getattr(error, "orig", error)).strip() or "an error").splitlines()[0]
            raise HomeError(
                f"expected to keep the leaderboard in {self.where}, found: {why}. "
                "Free or unlock it, or set AUTOGRADE_HOME to a folder you may write to."
            ) from None

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session that only reads; what it returned can be used after its end."""
        with self.in_a_sentence(), Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open a session that is written whole at its end, or not at all."""
        writer = self.engine.execution_options(immediate=True)
        with (
            self.in_a_sentence(),
            Session(writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def engine_of(url: str) -> Engine:
    """Open a database by its URL, which may name PostgreSQL as everybody does."""
    driver = "postgresql+psycopg://"
    for short in ("postgresql://", "postgres://"):
        url = driver + url.removeprefix(short) if url.startswith(short) else url
    try:
        # A connection that broke while it was idle is noticed and opened again.
        engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    except ModuleNotFoundError as error:
        need = f"expected the database's driver, found no {error.name}"
        raise HomeError(f"{need}: pip install 'under8k[postgres]'") from None
    except (NoSuchModuleError, SQLAlchemyError, ValueError):
        raise HomeError(
            "expected AUTOGRADE_DATABASE to be a URL such as postgresql://user@host/name, "
            "found another text"
        ) from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", patient)
        event.listen(engine, "begin", begin)
    return engine


def patient(connection: DBAPIConnection, record: object) -> None:
    """Let two processes at once wait for each other, and lose nothing in a crash."""
    connection.isolation_level = None  # `begin` below says how, not the driver
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {WAIT_SECONDS * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")  # readers go on while one writes
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def begin(connection: Connection) -> None:
    """Begin a transaction, at once with the right to write where that is what it is for.

    A transaction that reads first and asks for the right later is refused it, without any wait,
    whenever another one has written in between.
    """
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def moment(when: datetime | None = None) -> datetime:
    """Return a time, or now, as the database keeps it: UTC, without its zone."""
    return (when or datetime.now(UTC)).astimezone(UTC).replace(tzinfo=None)


def slices(rows: list[T], most: int) -> Iterator[list[T]]:
    """Take a list apart, into lists of so many at most."""
    for first in range(0, len(rows), most):
        yield rows[first : first + most]


def insert_once(session: Session, table: type[Base], values: dict[str, object]) -> None:
    """Insert a row, unless its unique key is there already, though others insert it meanwhile."""
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    session.execute(insert(table).values(**values).on_conflict_do_nothing())
