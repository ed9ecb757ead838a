"""One submission as a page: what was found, what it is worth, how it trained, what it misread.

    page = EntryPage("Ada", rules, "passed", verdict.headline(), verdict=verdict, source=…)
    render("entry.html", page=page)

A student's page of a class is this, and so is the page of an entry on a board: whatever is not
given is not shown. Nobody else is named on it.
"""

from dataclasses import KW_ONLY, dataclass
from functools import cached_property

from autograder.assignment import Assignment
from autograder.classroom.marks import Points
from autograder.classroom.rows import ClassStatus
from autograder.display.terminal import quoted
from autograder.handout.misread import Mistakes
from autograder.judging import deciding_count
from autograder.reports.curves import curves
from autograder.reports.digits import Digit, digits
from autograder.reports.figure import Figure
from autograder.verdict import SKIPPED, Check, Run, Verdict
from course.epoch import Epoch
from course.rows import Row

Tone = str  # a class of templates/style.css
SIDE = 28  # of an image
ENDINGS: dict[ClassStatus, tuple[str, Tone]] = {
    "passed": ("Passed", "good"),
    "failed": ("Not passed", "bad"),
    "refused": ("Could not be read", "bad"),
    "missing": ("Nothing handed in", "bad"),
    "late": ("Too late to count", "bad"),
    "ungraded": ("Could not be graded", "ours"),
}


@dataclass(frozen=True)
class Marks:
    """What a submission is worth, and how that came about."""

    points: Points | None  # for what; None where nothing was graded
    gained: float | None
    final: float | None  # after what being late costs; None: not graded, which is never 0
    most: float
    late: str = ""


@dataclass(frozen=True)
class Place:
    """Where somebody stands on the board, and of how many; the others have no names here."""

    rank: int
    of: int
    number: int  # of the submission that stands there


@dataclass(frozen=True)
class Finding:
    """A check as a page shows it."""

    check: Check
    where: str  # it is, in the student's file
    quoted: str  # the line that stands there


@dataclass(frozen=True)
class Layer:
    """A row of the table of layers."""

    row: Row
    share: float  # of the parameters, of 1
    places: int  # at which each of its numbers works
    greedy: bool  # it has most parameters


@dataclass(frozen=True)
class Seed:
    """A training as a row of a table."""

    number: int
    run: Run
    rules: Assignment

    @property
    def counting(self) -> list[tuple[Epoch, bool]]:
        """The epochs that count, each with whether it reads enough."""
        epochs = self.run.epochs[-self.rules.last_epochs :]
        return [(one, one.test_correct >= self.rules.needed(one.test_total)) for one in epochs]

    @property
    def lowest(self) -> int:
        """The count that decides."""
        return deciding_count(self.rules, self.run)[0]


@dataclass(frozen=True)
class EntryPage:
    """What there is to say of one submission."""

    title: str
    rules: Assignment
    status: ClassStatus
    said: str
    _: KW_ONLY
    whose: str = ""  # the name by which the class knows them, where it is another one
    verdict: Verdict | None = None
    source: str = ""
    number: int | None = None  # in the history
    file: str = ""
    marks: Marks | None = None
    place: Place | None = None
    mistakes: Mistakes | None = None

    @property
    def ending(self) -> tuple[str, Tone]:
        """Say in a word how it ended, and in which colour."""
        return ENDINGS[self.status]

    @cached_property
    def findings(self) -> list[Finding]:
        """Every check that was reached."""
        checks = self.verdict.checks if self.verdict else ()
        return [self.finding(check) for check in checks if check.message != SKIPPED]

    @property
    def not_reached(self) -> list[str]:
        """The checks that another one's failure left undone."""
        checks = self.verdict.checks if self.verdict else ()
        return [check.id for check in checks if check.message == SKIPPED]

    def finding(self, check: Check) -> Finding:
        """Find the line that a check is about."""
        cell = f"cell {check.cell}, " if check.cell else ""
        where = f"{cell}line {check.line}" if check.line else ""
        return Finding(check, where, quoted(check, self.source))

    @cached_property
    def layers(self) -> list[Layer]:
        """The table of layers, each with where its numbers work."""
        rows = (self.verdict.submission.layers if self.verdict else None) or ()
        total = sum(row.parameters for row in rows) or 1
        greedy = max(rows, key=lambda row: row.parameters, default=None)  # the first of several
        return [Layer(row, row.parameters / total, places(row), row is greedy) for row in rows]

    @cached_property
    def figures(self) -> list[Figure]:
        """Accuracy, loss and rate of every seed."""
        return list(curves(self.verdict)) if self.verdict else []

    @property
    def seeds(self) -> list["Seed"]:
        """Each training, with the counts that decide."""
        runs = self.verdict.runs if self.verdict else ()
        return [
            Seed(number, run, self.rules) for number, run in enumerate(runs, start=1) if run.epochs
        ]

    @cached_property
    def digits(self) -> list[Digit]:
        """The misread digits that find room on the page."""
        return digits(self.mistakes) if self.mistakes else []

    @property
    def recipe(self) -> list[tuple[str, str]]:
        """The recipe, in the words that a student writes."""
        recipe = (self.verdict.submission.recipe if self.verdict else None) or {}
        return [(key, written(value)) for key, value in recipe.items() if value is not None]

    @property
    def graded(self) -> list[tuple[str, str]]:
        """What the numbers depend on."""
        verdict = self.verdict
        said = [("file", self.file or (verdict.submission.file if verdict else ""))]
        said += [("submission", f"number {self.number}" if self.number is not None else "")]
        if verdict is not None:
            data = {"mnist": "MNIST", "practice": "practice digits, which are never ranked"}
            grader = verdict.grader
            said += [
                ("SHA-256", verdict.submission.sha256),
                ("digits", data.get(verdict.data, "")),
                ("device", ", ".join(filter(None, (verdict.device, grader.instructions)))),
                ("torch", grader.torch),
                ("time", f"{verdict.seconds:,.0f} s a seed" if verdict.runs else ""),
                ("jail", verdict.jail),
            ]
        return [(word, value) for word, value in said if value]


def places(row: Row) -> int:
    """Count the places of its map at which each number of a layer works."""
    return row.shape[-1] * row.shape[-2] if len(row.shape) > 2 else 1


def written(value: object) -> str:
    """Write a value of a recipe as it would stand in a file."""
    if isinstance(value, dict) and "name" in value:
        words = [f"{key}={written(each)}" for key, each in value.items() if usual(key, each)]
        return f"{value['name']}({', '.join(words)})"
    if isinstance(value, list | tuple) and any(isinstance(each, dict) for each in value):
        return ", ".join(map(written, value))
    if isinstance(value, list | tuple):
        return f"({', '.join(map(written, value))})"
    return f"{value:g}" if isinstance(value, float) else str(value)


def usual(key: str, value: object) -> bool:
    """Return whether a word of a recipe is worth its room."""
    return key != "name" and value is not None and value is not False
