"""The table of kept submissions: one row for each that was trained, the whole verdict with it."""

import json
from datetime import UTC, datetime

from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from autograder.results.rows import EntryRow
from autograder.verdict import Verdict


class Base(DeclarativeBase):
    """The schema's root."""


# What tables sort and filter by has a column of its own; everything else is in verdict_json. A new
# column would make this version refuse the files that older ones wrote (leaderboard.py, create).
class Entry(Base):
    """One submission that was trained: what a table shows, and the verdict it comes from."""

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

    def row(self) -> EntryRow:
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
    submission = verdict.submission
    return Entry(
        created=datetime.now(UTC).replace(tzinfo=None),  # SQLite keeps no zones: all is UTC
        handle=handle,
        assignment=verdict.assignment.name,
        assignment_sha256=verdict.assignment.sha256,
        fingerprint=submission.fingerprint or "",
        network=submission.network or "",
        parameters=submission.parameters or 0,
        passed=verdict.passed,
        verified=verdict.verified,
        ranked=verdict.ranked,
        mean_accuracy=verdict.mean_accuracy,
        spread=verdict.spread,
        seeds=len(verdict.runs),
        seconds=verdict.seconds,
        device=verdict.device,
        data=verdict.data,
        finished=verdict.finished,
        verdict_json=verdict.to_json(),
        source=source,
    )
