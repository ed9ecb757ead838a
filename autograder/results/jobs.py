"""Two more tables: gradings that are to be done, and each training that is done.

What a job is, and how it changes hands, is in fleet/queue.py.
"""

from datetime import datetime
from typing import Literal

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from autograder.results.database import Base as Base

State = Literal["queued", "running", "done", "given up"]


class QueuedJob(Base):
    """One grading that somebody asked for, and its verdict once there is one."""

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_turn", "queue", "state", "attempt", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True, index=True)  # the same grading has the same key
    like: Mapped[str] = mapped_column(index=True)  # the same by whatever accuracy to reach
    queue: Mapped[str]  # who works it off: a batch of hand-ins, the server
    student: Mapped[str]
    name: Mapped[str]  # of the file
    source: Mapped[bytes]
    rules_json: Mapped[str]
    options_json: Mapped[str]
    created: Mapped[datetime]  # UTC
    state: Mapped[str]
    attempt: Mapped[int]  # how many times somebody has begun it; guards every later step
    faults: Mapped[int]  # how many of these came to a fault of ours
    worker: Mapped[str]  # who has it
    leased_until: Mapped[float]  # seconds since 1970: after it, whoever has it is taken for dead
    fingerprint: Mapped[str]  # of network and recipe, once a training is recorded
    finished: Mapped[datetime | None]
    seconds: Mapped[float | None]  # from its last beginning to its end
    fault: Mapped[str]  # what went wrong the last time, where that was no fault of the student's
    verdict_json: Mapped[str | None]
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entries.id"))


class RecordedRun(Base):
    """One training that came to its end: the same network, recipe, data and seed again is this."""

    __tablename__ = "runs"
    __table_args__ = (Index("ix_runs_training", "fingerprint", "data", "seed", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]  # of network and recipe
    data: Mapped[str]
    seed: Mapped[int] = mapped_column(BigInteger)
    run_json: Mapped[str]
