"""What a class's server and a student's machine say to each other, as JSON.

    info = decode(ClassInfo, body)        # or a sentence: whoever answered is no class server

Events of a grading are events.py's, as everywhere. Both sides use these dataclasses, so neither can
misspell what the other reads.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

import msgspec

import course
from autograder.assignment import Assignment
from autograder.results.rows import EntryRow, RankedRow

T = TypeVar("T")


@dataclass(frozen=True)
class Offered:
    """An assignment of the class, and what is left of today's tries."""

    rules: Assignment
    seeds: int
    data: str
    tries_per_day: int
    tries_left: int
    next_try: str  # ISO 8601; "" where there is a try left
    until: str  # ISO 8601; "" where it stays open


@dataclass(frozen=True)
class ClassInfo:
    """What a class server offers to whoever asks."""

    title: str
    version: str
    code: str  # `code_hash` there
    nickname: str
    assignments: tuple[Offered, ...]


@dataclass(frozen=True)
class Welcome:
    """The answer to an invitation: the token that from now on says who it is."""

    token: str
    nickname: str
    title: str


@dataclass(frozen=True)
class Place:
    """Where a waiting submission is in the queue, and how long that is."""

    ahead: int  # gradings that begin before it
    seconds: float | None  # until it begins; None: nothing was graded yet, so nobody knows


@dataclass(frozen=True)
class Taken:
    """The answer to an upload."""

    number: int
    before: bool  # the same file was handed in before, and this is that submission
    tries_left: int


@dataclass(frozen=True)
class Outcome:
    """What became of a submission."""

    number: int
    state: str  # queued, running, done, given up
    handed_in: str  # ISO 8601
    file: str
    assignment: str
    fault: str
    entry: int | None
    rank: int | None  # of its student's best
    places: int  # on that board
    verdict: dict[str, object] | None


@dataclass(frozen=True)
class Mine:
    """One's own submissions, oldest first; an entry's id is its submission's number here."""

    rows: tuple[EntryRow, ...]
    open: tuple[tuple[int, str, str], ...]  # without an entry: number, state, what is said of it


@dataclass(frozen=True)
class Board:
    """A board's first rows."""

    rows: tuple[RankedRow, ...]
    places: int


@dataclass(frozen=True)
class Refusal:
    """A sentence instead of an answer."""

    error: str


def encode(message: object) -> bytes:
    """Write a message."""
    return msgspec.json.encode(message)


def decode(kind: type[T], content: bytes) -> T:
    """Read a message, or raise msgspec.DecodeError."""
    return msgspec.json.decode(content, type=kind)


@cache
def code_hash() -> str:
    """Name the code that decides a check: where two machines differ, so may what they find."""
    digest = hashlib.sha256()
    root = Path(__file__).parent
    folders = [root / name for name in ("capture", "checks", "graph", "source")]
    for folder in [*folders, Path(course.__file__).parent / "recipe"]:
        for file in sorted(folder.rglob("*.py")):
            digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:16]
