"""What was skipped of a student's file: why, what it would have made, and how that is told.

A file is run statement by statement, and most of what fails has nothing to do with its network:
plots, downloads, training. So it is noted here and told in a line or two. Only where the network
itself needs a name that nothing has made is the file refused, in a sentence about the statement
that would have made it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from autograder.source.lines import place, places

Kind = Literal["data", "files", "package", "error", "not run"]
MOST_TOLD, MOST_PLACES = 4, 6  # reasons that are told, and stretches of lines for each


@dataclass(frozen=True)
class Why:
    """Why a statement was skipped."""

    kind: Kind
    words: str  # go on after "line 12 was skipped because it"
    hint: str = ""  # what to do about it, if the network needs what the statement would have made
    package: str = field(default="", compare=False)  # the one that is missing


ONE_FILE = "a submission is one file: copy what the network needs into it, written with torch alone"
WITHOUT_DATA = "set it without data: the grader brings its own digits"
AT_THE_EDGE = "move what the network needs to the file's left edge"

NO_DATA = Why("data", "asks for data, and a submission gets none", WITHOUT_DATA)
NO_TRAINING = Why("data", "trains, which the grader does itself", WITHOUT_DATA)
NO_FILES = Why("files", "asks for a file or the network, and a submission has neither", ONE_FILE)
MAIN = 'stands under `if __name__ == "__main__":`, which is not run'
GUARDED = Why("not run", MAIN, AT_THE_EDGE)
UNREACHED = Why("not run", "stands where the file does not come to", AT_THE_EDGE)


@dataclass(frozen=True)
class Skip:
    """One statement that was skipped."""

    number: int  # of the statement, counted through the file
    first: int  # its lines
    last: int
    why: Why
    makes: frozenset[str] = frozenset()  # the names that it would have bound
    source: "Skip | None" = None  # the skipped statement that it builds on

    @property
    def cause(self) -> Why:
        """What it began with, as far as there was a failure at all."""
        began = self.source.cause if self.source else self.why
        return self.why if began.kind == "not run" else began

    def would_make(self, name: str) -> str:
        """Say what became of the statement that would have made a name."""
        because = "" if self.why.kind == "not run" else "was skipped because it "
        return f"{place(self.first)}, which would make {name}, {because}{self.why.words}"


class Skipped:
    """All that was skipped of a file."""

    def __init__(self) -> None:
        self.all: list[Skip] = []
        self.lost: dict[str, Skip] = {}  # names whose latest maker was skipped

    def add(self, skip: Skip) -> None:
        """Note a skipped statement."""
        self.all.append(skip)
        self.lost.update(dict.fromkeys(skip.makes, skip))

    def made(self, names: Iterable[str]) -> None:
        """Note that a statement has bound these names."""
        for name in names:
            self.lost.pop(name, None)

    def missed_by(self, error: BaseException) -> Skip | None:
        """Find the statement that would have made the name which an error did not find."""
        name = getattr(error, "name", None) if isinstance(error, NameError) else None
        return self.lost.get(name) if isinstance(name, str) else None

    def told(self) -> str:
        """Tell of it in one sentence, by what each statement's failure began with."""
        groups: dict[object, list[Skip]] = {}
        for skip in self.all:
            if (cause := skip.cause).kind != "not run":
                # Errors are told one by one, all others by their kind.
                groups.setdefault(cause if cause.kind == "error" else cause.kind, []).append(skip)
        told = sorted(groups.values(), key=len, reverse=True)
        parts = [f"{places(stretches(g), MOST_PLACES)} ({reason(g)})" for g in told[:MOST_TOLD]]
        if rest := sum(map(len, told[MOST_TOLD:])):
            parts.append(f"and {rest} more")
        return f"skipped: {'; '.join(parts)}" if parts else ""


def stretches(group: list[Skip]) -> list[tuple[int, int]]:
    """Return the lines of skipped statements, those in a row as one stretch."""
    found: list[tuple[int, int]] = []
    next_number = -1
    for skip in group:
        if skip.number == next_number:
            found[-1] = (found[-1][0], skip.last)
        else:
            found.append((skip.first, skip.last))
        next_number = skip.number + 1
    return found


def reason(group: list[Skip]) -> str:
    """Say in a few words why the statements of a group were skipped."""
    cause = group[0].cause
    if cause.kind == "data":
        return "no data and no training here"
    if cause.kind == "files":
        return "no files and no network here"
    if cause.kind == "package":
        names = list(dict.fromkeys(skip.cause.package for skip in group))
        return f"no {' and no '.join(names[:3])} here"
    return cause.words
