"""How the lessons' checks take right and wrong answers, each put in a learner's cell.

    python -m tests.lessons.answered                   # the table: wrong caught, right accepted
    python -m tests.lessons.answered --told dropout    # and what that lesson's learner reads

The answers are kept in answers/, by the lesson's name, a cell each:

    # %% wrong count: the biases are forgotten
    # told: and 10 biases
    def count(widths, kernel=3): …

A wrong one must be caught by what the learner sees of the check, never by a hidden test, and the
sentence must hold the words that are `told`. Nothing is trained: of the lesson's other cells only
those are run that define a name which the check or the answer uses.
"""

from __future__ import annotations

import argparse
import builtins
import re
import symtable
import sys
from collections import Counter
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from course.checking import NotYet
from lessons import build

HERE = Path(__file__).with_name("answers")
HEAD = re.compile(r"# %% (wrong|right) (\w+): (.+)\n(?:# told: (.+)\n)?")
TRACEBACK = "a traceback, not a sentence:"
HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS\n.*?### END HIDDEN TESTS\n", re.DOTALL)


@dataclass(frozen=True)
class Answer:
    """One answer of a learner to one task."""

    lesson: str
    kind: str  # "wrong" or "right"
    task: str
    about: str
    told: str
    code: str


def answers(path: Path) -> list[Answer]:
    """Read the answers to one lesson."""
    cells = re.split(r"^(?=# %%)", path.read_text(), flags=re.MULTILINE)[1:]
    read = []
    for cell in cells:
        head = HEAD.match(cell)
        if head is None:
            raise ValueError(
                f"{path.name}: expected {HEAD.pattern!r}, found {cell.splitlines()[0]}"
            )
        kind, task, about, told = head.groups()
        read.append(Answer(path.stem, kind, task, about, told or "", cell[head.end() :]))
    return read


def paths() -> list[Path]:
    """List the files of answers in the order of the lessons."""
    return [HERE / f"{build.name_of(lesson)}.py" for lesson in build.sources()]


def every_answer() -> list[Answer]:
    """Read all answers, lesson by lesson."""
    return [answer for path in paths() for answer in answers(path)]


class Lesson:
    """A lesson whose checks can be run by themselves."""

    def __init__(self, name: str):
        (path,) = build.sources([name])
        self.cells = [c for c in build.solved(build.read(path)).cells if c.cell_type == "code"]
        self.hidden = {c.id: c.source for c in build.read(path).cells}
        self.worlds: dict[tuple[int, ...], dict[str, Any]] = {(): {"__name__": "__main__"}}

    def check(self, answer: Answer, hidden: bool) -> str:
        """Return what the check says to the answer, or nothing where it accepts it."""
        check = f"check_{answer.task}"
        place = next(i for i, cell in enumerate(self.cells) if cell.id == check)
        source = self.hidden[check] if hidden else HIDDEN.sub("", self.hidden[check])
        wanted = used(source) | used(answer.code)
        world = self.world(self.needed(wanted - defined(answer.code), place))
        # A list that an answer spoils is spoilt for this answer alone.
        world = {name: list(v) if type(v) is list else v for name, v in world.items()}
        try:
            run(answer.code, world)
            run(source, world)
        except NotYet as caught:
            return str(caught)
        except Exception as error:
            return f"{TRACEBACK} {error!r}"
        return ""

    def needed(self, names: set[str], place: int) -> tuple[int, ...]:
        """Find the cells before a check that define these names, and what those need, in order."""
        chosen: set[int] = set()
        while names:
            name = names.pop()
            before = reversed(range(place))
            found = next((i for i in before if name in defined(self.cells[i].source)), None)
            if found is not None and found not in chosen:
                chosen.add(found)
                names |= used(self.cells[found].source)
        return tuple(sorted(chosen))

    def world(self, places: tuple[int, ...]) -> dict[str, Any]:
        """Return what is defined once these cells have run; each row of cells is run once."""
        if places not in self.worlds:
            made = dict(self.world(places[:-1]))
            run(self.cells[places[-1]].source, made)
            self.worlds[places] = made
        return self.worlds[places]


def used(source: str) -> set[str]:
    """List the names that some code reads and does not define itself."""
    names: set[str] = set()
    tables = [symtable.symtable(source, "a cell", "exec")]
    for table in tables:
        tables.extend(table.get_children())
        for symbol in table.get_symbols():
            if symbol.is_referenced() and (symbol.is_global() or table.get_type() == "module"):
                names.add(symbol.get_name())
    return names - defined(source) - set(dir(builtins))


def defined(source: str) -> set[str]:
    """List the names that some code defines at its top level."""
    table = symtable.symtable(source, "a cell", "exec")
    symbols = table.get_symbols()
    return {symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported()}


def run(source: str, world: dict[str, Any]) -> None:
    """Run a cell, and keep what it prints to itself."""
    with redirect_stdout(StringIO()):
        exec(compile(source, "a cell", "exec"), world)


def fine(answer: Answer, said: str) -> bool:
    """Tell whether a check said what it should to an answer."""
    if answer.kind == "right":
        return not said
    return bool(said) and answer.told in said and not said.startswith(TRACEBACK)


def marked(path: Path) -> list[tuple[Answer, str]]:
    """Let a lesson's checks look at every answer to it, in this process."""
    lesson = Lesson(path.stem)
    return [(one, lesson.check(one, hidden=one.kind == "right")) for one in answers(path)]


def main() -> int:
    """Print the table; where something slips through, say what and fail."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--told", metavar="NAME", help="print what the learner of a lesson reads")
    options = parser.parse_args()
    total: Counter[tuple[str, bool]] = Counter()
    failures, read = [], []
    print(f"{'lesson':28} {'wrong, caught':>16} {'right, accepted':>16}")
    for path in paths():
        here: Counter[tuple[str, bool]] = Counter()
        for one, said in marked(path):
            here[one.kind, fine(one, said)] += 1
            line = f"{one.task}, {one.about}: {said or 'accepted'}"
            if not fine(one, said):
                failures.append(f"{path.stem}, {line}")
            if options.told and path.stem.startswith(options.told) and one.kind == "wrong":
                read.append(line)
        total += here
        print(row(path.stem, here))
    print(row("together", total), *read, *failures, sep="\n")
    return 1 if failures else 0


def row(name: str, counts: Counter[tuple[str, bool]]) -> str:
    """Write a line of the table."""
    cells = [
        f"{counts[k, True]} of {counts[k, True] + counts[k, False]}" for k in ("wrong", "right")
    ]
    return f"{name:28} {cells[0]:>16} {cells[1]:>16}"


if __name__ == "__main__":
    sys.exit(main())
