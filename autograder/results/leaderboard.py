"""What is kept of every submission, and how passed ones are ranked.

One function, `ranking`, decides eligibility and order for every place that shows a leaderboard.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, inspect, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.schema import CreateIndex, CreateTable

from autograder.results.home import HomeError, home
from autograder.verdict import Verdict

WAIT_SECONDS = 60  # for another submission's turn to write


class Base(DeclarativeBase):
    """The schema's root."""


class Entry(Base):
    """One submission that was trained: what a table shows, and the whole verdict behind it."""

    __tablename__ = "entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    created: Mapped[datetime]
    handle: Mapped[str]
    assignment: Mapped[str]
    assignment_sha256: Mapped[str] = mapped_column(index=True)
    fingerprint: Mapped[str]
    network: Mapped[str]
    parameters: Mapped[int]
    passed: Mapped[bool]
    verified: Mapped[bool]
    ranked: Mapped[bool]
    mean_accuracy: Mapped[float | None]
    spread: Mapped[float | None]
    seeds: Mapped[int]
    seconds: Mapped[float]
    device: Mapped[str]
    data: Mapped[str]
    finished: Mapped[bool]  # every run that was asked for came to its end
    verdict_json: Mapped[str]
    source: Mapped[str]

    @property
    def verdict(self) -> Verdict:
        """The whole verdict."""
        return Verdict.from_dict(json.loads(self.verdict_json))

    def row(self) -> dict[str, Any]:
        """Return what a table, a CSV or an API shows of this entry."""
        return {
            "id": self.id,
            "handle": self.handle,
            "network": self.network,
            "parameters": self.parameters,
            "mean_accuracy": self.mean_accuracy,
            "spread": self.spread,
            "seeds": self.seeds,
            "verified": self.verified,
            "passed": self.passed,
            "ranked": self.ranked,
            "seconds": round(self.seconds, 2),
            "device": self.device,
            "data": self.data,
            "assignment": self.assignment,
            "date": self.created.replace(tzinfo=UTC).isoformat(timespec="seconds"),
        }


def entry_of(verdict: Verdict, handle: str, source: str) -> Entry:
    """Make the entry of a verdict."""
    return Entry(
        created=datetime.now(UTC).replace(tzinfo=None),
        handle=handle,
        assignment=verdict.assignment["name"],
        assignment_sha256=verdict.assignment["sha256"],
        fingerprint=verdict.submission.get("fingerprint", ""),
        network=verdict.submission.get("network", ""),
        parameters=verdict.submission.get("parameters", 0),
        passed=verdict.passed,
        verified=verdict.verified,
        ranked=verdict.ranked,
        mean_accuracy=verdict.mean_accuracy,
        spread=verdict.spread,
        seeds=len(verdict.runs),
        seconds=verdict.seconds,
        device=verdict.device,
        data=verdict.data,
        finished=len(verdict.runs) == verdict.seeds and verdict.exit_code != 5,
        verdict_json=verdict.to_json(),
        source=source,
    )


def ranking(entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries that count, best first: fewest parameters, then accuracy, then earlier.

    Of one student's same network and recipe the submission with most seeds counts, passed or not:
    trying again with fewer buys nothing.
    """
    best: dict[tuple[str, str, str], Entry] = {}
    for entry in sorted(entries, key=lambda e: (-e.seeds, e.created)):
        if entry.finished and entry.data == "mnist":
            best.setdefault((entry.handle, entry.assignment_sha256, entry.fingerprint), entry)
    counted = [entry for entry in best.values() if entry.ranked]
    return sorted(counted, key=lambda e: (e.parameters, -(e.mean_accuracy or 0), e.created, e.id))


class Leaderboard:
    """The kept entries, in SQLite by default."""

    def __init__(self, url: str | None = None) -> None:
        self.path = home() / "leaderboard.sqlite"
        self.engine: Engine = create_engine(url or f"sqlite:///{self.path}")
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", patient)
        with self.spoken():
            self.create()

    def create(self) -> None:
        """Make the table where it is missing, though another process may be making it too."""
        table = Base.metadata.tables[Entry.__tablename__]
        with self.engine.begin() as connection:
            connection.execute(CreateTable(table, if_not_exists=True))
            found = {column["name"] for column in inspect(connection).get_columns(table.name)}
            if lacking := [column.name for column in table.columns if column.name not in found]:
                raise HomeError(
                    f"expected a leaderboard of this version in {self.path}, found another's, "
                    f"without {', '.join(lacking)}. It was left as it is: move it away, or set "
                    "AUTOGRADE_HOME to another folder."
                )
            for index in table.indexes:
                connection.execute(CreateIndex(index, if_not_exists=True))

    @contextmanager
    def spoken(self) -> Iterator[None]:
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
        with self.spoken(), Session(self.engine) as session, session.begin():
            session.add(entry)
            session.flush()
            return entry.id

    def entries(self, rules: str | None = None, handle: str | None = None) -> list[Entry]:
        """Return the kept entries, oldest first; `rules` is an assignment's sha256."""
        query = select(Entry).order_by(Entry.id)
        if rules is not None:
            query = query.where(Entry.assignment_sha256 == rules)
        if handle is not None:
            query = query.where(Entry.handle == handle)
        with self.spoken(), Session(self.engine, expire_on_commit=False) as session:
            return list(session.scalars(query))

    def get(self, number: int) -> Entry | None:
        """Return one entry by its number."""
        with self.spoken(), Session(self.engine, expire_on_commit=False) as session:
            return session.get(Entry, number)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def __enter__(self) -> "Leaderboard":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def patient(connection: Any, record: Any) -> None:
    """Let two submissions at once wait for each other, and lose nothing in a crash."""
    connection.execute(f"PRAGMA busy_timeout = {WAIT_SECONDS * 1000}")
    connection.execute("PRAGMA journal_mode = WAL")


def curves_path(number: int) -> Path:
    """Return where the curves of an entry are drawn."""
    folder = home() / "curves"
    folder.mkdir(exist_ok=True)
    return folder / f"{number}.png"
