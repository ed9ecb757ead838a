"""When a file has been saved, and what it holds then.

    saves = Saves(Path("model.py"))
    saves.look(time.monotonic())        # Saved(source), NotThere(sentence), or None: nothing new

Editors save in several steps: some empty the file and write it, some write another one and put it
in this one's place, so that for a moment there is none. So a save counts once the file has looked
the same for a little while. A save that changes nothing is none.
"""

import io
import tokenize
from dataclasses import dataclass
from pathlib import Path

from autograder.job import read_source
from course.errors import UsageError

SETTLED = 0.1  # seconds for which a file has not changed
MISSED = 1.0  # seconds after which one that is not there is missed

Look = tuple[int, int, int] | None  # what tells that a file was written: time, size, which file


@dataclass(frozen=True)
class Saved:
    """A file was saved: what is graded of it."""

    source: bytes


@dataclass(frozen=True)
class NotThere:
    """There is no file, or none that can be read: the sentence that says so."""

    sentence: str


class Saves:
    """Looks at one file, again and again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.seen: Look = None
        self.since = 0.0  # when it was first seen so
        self.told: Saved | NotThere | None = None
        self.settled = False  # nothing has happened since it was told

    def look(self, now: float) -> Saved | NotThere | None:
        """Return what is new, if anything is and if it has settled."""
        seen = self.glance()
        if seen != self.seen:
            self.seen, self.since, self.settled = seen, now, False
        if self.settled or now - self.since < (MISSED if seen is None else SETTLED):
            return None
        found = self.read()
        if self.glance() != seen:
            return None  # it changed while it was read: next time
        self.settled = True
        if found == self.told:
            return None
        self.told = found
        return found

    def glance(self) -> Look:
        """Look at the file from outside."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def read(self) -> Saved | NotThere:
        """Read the file."""
        try:
            return Saved(read_source(self.path))
        except UsageError as error:
            return NotThere(str(error))


def same_code(one: bytes, other: bytes) -> bool:
    """Return whether two files differ in nothing but comments that move no line."""
    try:
        return code_of(one) == code_of(other)
    except (tokenize.TokenError, SyntaxError, UnicodeError, LookupError):
        return False  # not Python: whoever runs it says why


def code_of(source: bytes) -> list[tuple[int, str, int]]:
    """Return a file's tokens, each with its line, but for the comments."""
    return [
        (token.type, token.string, token.start[0])
        for token in tokenize.tokenize(io.BytesIO(source).readline)
        if token.type not in (tokenize.COMMENT, tokenize.NL)
    ]
