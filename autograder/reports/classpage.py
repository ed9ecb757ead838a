"""One page for a class: how far it is, what it failed by, its frontier, its copies, its rows.

    page = ClassPage(rules, rows, links)
    render("class.html", page=page)

It names everybody, so it is for those who grade.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from autograder.assignment import Assignment
from autograder.classroom.rows import ClassRow, ClassStatus
from autograder.reports.figure import Figure
from autograder.reports.frontier import Network, frontier
from autograder.verdict import CHECKS
from course.validators import counted

# What became of hand-ins, in the order that a page tells it, each with its colour.
TOLD: dict[ClassStatus, tuple[str, str]] = {
    "passed": ("passed", "good"),
    "failed": ("not passed", "bad"),
    "refused": ("could not be read", "bad"),
    "late": ("too late to count", "tardy"),
    "ungraded": ("could not be graded", "ours"),
    "missing": ("handed in nothing", "gone"),
}


@dataclass(frozen=True)
class Reason:
    """What kept hand-ins from passing."""

    what: str
    students: tuple[str, ...]
    share: float  # of the most frequent one


@dataclass(frozen=True)
class ClassPage:
    """What there is to say of a class."""

    rules: Assignment
    rows: Sequence[ClassRow]
    links: Mapping[str, str]  # to each student's page

    @property
    def counts(self) -> list[tuple[str, str, int]]:
        """What became of how many, each with its colour."""
        many = Counter(row["status"] for row in self.rows)
        return [(word, tone, many[status]) for status, (word, tone) in TOLD.items() if many[status]]

    @property
    def handed_in(self) -> int:
        """How many handed something in."""
        return sum(row["status"] != "missing" for row in self.rows)

    @property
    def graded(self) -> int:
        """How many of these have their verdict."""
        return sum(row["status"] not in ("missing", "ungraded") for row in self.rows)

    @property
    def passed(self) -> int:
        """How many passed."""
        return sum(row["status"] == "passed" for row in self.rows)

    @property
    def mean_points(self) -> str:
        """Say how many points there are on average, where somebody has some."""
        points = [row["points"] for row in self.rows if row["points"] is not None]
        return f"{sum(points) / len(points):.3g}" if points else "–"

    @property
    def most(self) -> str:
        """Say how many points a perfect hand-in gets."""
        return f"{max((row['most'] for row in self.rows), default=0):g}"

    @cached_property
    def reasons(self) -> list[Reason]:
        """The checks that hand-ins failed by, the most frequent first."""
        failing = [row for row in self.rows if row["status"] in ("failed", "refused")]
        by: dict[str, tuple[str, ...]] = {
            check: tuple(row["student"] for row in failing if row["checks"].get(check) == "fail")
            for check in CHECKS
        }
        unread = tuple(r["student"] for r in failing if "fail" not in r["checks"].values())
        found = {**by, "no file to read": unread}
        most = max(map(len, found.values()), default=0)
        ordered = sorted(found.items(), key=lambda item: -len(item[1]))
        return [Reason(what, who, len(who) / most) for what, who in ordered if who]

    @cached_property
    def networks(self) -> list[Network]:
        """Every network that was trained."""
        return [
            Network(
                name=row["name"] or row["student"],
                parameters=row["parameters"],
                accuracy=row["mean_accuracy"],
                passed=row["status"] == "passed",
                href=self.links.get(row["student"], ""),
            )
            for row in self.rows
            if row["parameters"] is not None and row["mean_accuracy"] is not None
        ]

    @cached_property
    def frontier(self) -> Figure | None:
        """Parameters against accuracy, where there is something to see."""
        return frontier(self.networks, self.rules) if self.networks else None

    @property
    def copies(self) -> list[tuple[str, ...]]:
        """Those who handed in the same network and recipe."""
        groups = {tuple(sorted({row["student"], *row["copies"]})) for row in self.rows}
        return sorted(group for group in groups if len(group) > 1)

    def tone(self, row: ClassRow) -> str:
        """Return the colour of a row's status."""
        return TOLD[row["status"]][1]

    def word(self, row: ClassRow) -> str:
        """Say what became of a hand-in."""
        return TOLD[row["status"]][0]

    def remarks(self, row: ClassRow) -> list[str]:
        """Return what there is to say of a row besides its numbers."""
        return [
            *([row["said"]] if row["status"] != "passed" else []),
            *([row["late"]] if row["late"] and row["status"] != "late" else []),
            *(["not in the roster"] if row["unlisted"] else []),
        ]

    @property
    def students(self) -> str:
        """Count them."""
        return counted(len(self.rows), "student")
