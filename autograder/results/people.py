"""The tables of a class server: who is in the class, how they come in, what they handed in.

A secret (an invitation, a token) is kept as its SHA-256 alone: whoever reads the database can sign
in as nobody.
"""

from datetime import datetime
from typing import Literal

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from autograder.results.jobs import Base as Base

Role = Literal["student", "instructor"]


class Account(Base):
    """One person of the class."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    student: Mapped[str] = mapped_column(unique=True, index=True)  # as the roster has it
    name: Mapped[str]
    nickname: Mapped[str] = mapped_column(unique=True, index=True)  # what the board shows
    role: Mapped[str]
    joined: Mapped[datetime | None]


class Secret(Base):
    """A way in: an invitation, which works once, or a token, until it ends or is revoked."""

    __tablename__ = "secrets"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(unique=True, index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    kind: Mapped[str]  # invitation, machine (the command line's token), browser (a cookie's)
    created: Mapped[datetime]
    ends: Mapped[datetime]


class HandIn(Base):
    """One file that the server has taken from somebody: it is in the queue, or was."""

    __tablename__ = "hand_ins"
    __table_args__ = (Index("ix_hand_ins_tries", "account_id", "rules", "created"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id"), unique=True, index=True)
    rules: Mapped[str]  # the assignment's name
    created: Mapped[datetime]


class Extension(Base):
    """Until when somebody may hand in what others may not any more."""

    __tablename__ = "extensions"
    __table_args__ = (Index("ix_extensions_whose", "account_id", "rules", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    rules: Mapped[str]
    until: Mapped[datetime]


class Allowance(Base):
    """How often somebody has done something within the present stretch of time."""

    __tablename__ = "allowances"

    who: Mapped[str] = mapped_column(primary_key=True)  # and what
    stretch: Mapped[int]
    used: Mapped[int]


class Standing(Base):
    """A student's place on one board, kept so that a board of any length is read by its index.

    It is what `ranking` says of the student's entries (standings.py), and nothing else.
    """

    __tablename__ = "standings"
    __table_args__ = (
        Index("ix_standings_whose", "rules_sha256", "handle", unique=True),
        # The order of `ranking`, so that the board is read and not sorted.
        Index(
            "ix_standings_board",
            *("rules_sha256", "tier", "parameters", "missed", "created", "entry_id"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rules_sha256: Mapped[str]
    handle: Mapped[str]
    tier: Mapped[int]  # 0 verified, 1 ranked, 2 without a place
    parameters: Mapped[int]
    missed: Mapped[float]  # 1 - mean accuracy
    created: Mapped[datetime]
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entries.id"))
    tries: Mapped[int]
    confirmed: Mapped[bool | None]
    confirmation: Mapped[str]


class Frozen(Base):
    """A board that stands still: what comes in meanwhile is kept, and placed when it moves on."""

    __tablename__ = "frozen"

    rules_sha256: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]


class Wish(Base):
    """An entry that an instructor wants confirmed; gone once it is, so no restart loses it."""

    __tablename__ = "wishes"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    faults: Mapped[int]  # of ours
