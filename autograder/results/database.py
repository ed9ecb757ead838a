"""The tables: a row for each submission that was trained, the whole verdict with it, and one for
each time that an instructor ran one again.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from autograder.results.rows import EntryRow
from autograder.verdict import Verdict


class Base(DeclarativeBase):
    """The schema's root."""


# What tables sort and filter by has a column of its own; everything else is in verdict_json. A new
# column needs a migration (migrations/versions), which brings the files that are there up to date.
class Entry(Base):
    """One submission that was trained: what a table shows, and the verdict it comes from."""

    __tablename__ = "entries"
    __table_args__ = (Index("ix_entries_student", "assignment_sha256", "handle"),)

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

    confirmations: Mapped[list["Confirmation"]] = relationship(
        lazy="subquery", order_by="Confirmation.id"
    )

    @property
    def verdict(self) -> Verdict:
        """The whole verdict."""
        return Verdict.from_dict(json.loads(self.verdict_json))

    @property
    def confirmation(self) -> "Confirmation | None":
        """What fresh seeds said of it: of several times the one with most seeds, then the last."""
        return counting(self.confirmations)

    def row(self, again: "Confirmation | None" = None) -> EntryRow:
        """Return what a table, a CSV or an API shows of this entry.

        `again` is what fresh seeds said of it, or of another entry of the same submission.
        """
        again = again or self.confirmation
        return {
            "id": self.id,
            "handle": self.handle,
            "network": self.network,
            "parameters": self.parameters,
            "mean_accuracy": self.mean_accuracy,
            "spread": self.spread,
            "seeds": self.seeds,
            "verified": self.verified and (again is None or again.confirmed),
            "confirmed": again.confirmed if again is not None else None,
            "confirmation": str(again) if again is not None else "",
            "passed": self.passed,
            "ranked": self.ranked,
            "seconds": round(self.seconds, 2),
            "device": self.device,
            "data": self.data,
            "assignment": self.assignment,
            "date": self.created.replace(tzinfo=UTC).isoformat(timespec="seconds"),
        }


class Confirmation(Base):
    """One time that an entry was trained again with fresh seeds, and what became of it."""

    __tablename__ = "confirmations"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), index=True)
    created: Mapped[datetime]
    seeds: Mapped[int]
    passed_seeds: Mapped[int]
    confirmed: Mapped[bool]
    verdict_json: Mapped[str]

    def __str__(self) -> str:
        return f"{self.passed_seeds} of {self.seeds}"


def counting(confirmations: Iterable[Confirmation]) -> Confirmation | None:
    """Return the confirmation that counts, of those of one submission."""
    return max(confirmations, key=lambda c: (c.seeds, c.created, c.id or 0), default=None)


def confirmation_of(verdict: Verdict, number: int) -> Confirmation:
    """Make the confirmation that a verdict with fresh seeds is of entry `number`."""
    return Confirmation(
        entry_id=number,
        created=datetime.now(UTC).replace(tzinfo=None),
        seeds=verdict.seeds,
        passed_seeds=sum(run.passed for run in verdict.runs),
        confirmed=verdict.passed,
        verdict_json=verdict.to_line(),
    )


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
        verdict_json=verdict.to_line(),
        source=source,
    )
