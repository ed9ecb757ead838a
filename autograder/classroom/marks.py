"""What a verdict is worth, by the assignment's own [points], [dates] and [late].

    points(verdict, rules)               7 of 10: parameters 1 of 1, accuracy 5 of 8, …
    lateness(handed_in, rules, extension)    2 days late: 20% off
    final(points.gained, lateness)       5.6

Without [points] it is all or nothing. All numbers are exact decimals, rounded once, at the end.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from autograder.assignment import Assignment, count_of
from autograder.classroom.roster import Extension
from autograder.judging import deciding_count
from autograder.verdict import Verdict

CENT = Decimal("0.01")
NONE = Decimal(0)


@dataclass(frozen=True)
class Part:
    """What one check is worth."""

    what: str
    gained: Decimal
    most: Decimal


@dataclass(frozen=True)
class Points:
    """What a hand-in is worth, and for what."""

    by: tuple[Part, ...]

    @property
    def gained(self) -> Decimal:
        """All points gained."""
        return sum((part.gained for part in self.by), NONE)

    @property
    def most(self) -> Decimal:
        """All points there are."""
        return sum((part.most for part in self.by), NONE)

    def of(self, most: Decimal) -> Decimal:
        """Return the points on a scale of another `most`."""
        return rounded(self.gained * most / self.most)

    def __str__(self) -> str:
        return ", ".join(f"{one.what} {plain(one.gained)} of {plain(one.most)}" for one in self.by)


def points(verdict: Verdict, rules: Assignment) -> Points:
    """Say what a verdict is worth.

    The points of a check are for whoever passes it. Those for accuracy are for trainings alone, and
    of several seeds the one that reads fewest digits decides.
    """
    marking = rules.marking
    if not marking.steps:
        return Points((Part("passed", Decimal(int(verdict.passed)), Decimal(1)),))
    passed = {check.id for check in verdict.checks if check.status == "pass"}
    checks = [
        Part(check, Decimal(worth) if check in passed else NONE, Decimal(worth))
        for check, worth in marking.points
    ]
    most = Decimal(marking.steps[-1][1])
    return Points((*checks, Part("accuracy", for_accuracy(verdict, rules), most)))


def for_accuracy(verdict: Verdict, rules: Assignment) -> Decimal:
    """Return the points of the highest step that every run holds, in the epochs that count."""
    fell_short = {check.id for check in verdict.checks if check.bad} - {"accuracy"}
    if fell_short or not verdict.runs or not all(run.epochs for run in verdict.runs):
        return NONE
    lowest = min(deciding_count(rules, run)[0] for run in verdict.runs)
    digits = verdict.runs[0].epochs[0].test_total
    held = [
        Decimal(worth)
        for percent, worth in rules.marking.steps
        if lowest >= count_of(percent, digits)
    ]
    return held[-1] if held else NONE


# ---- late ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lateness:
    """How late something was handed in, and what that costs."""

    days: int = 0  # that have begun since it was due
    percent: Decimal = NONE  # off the points
    refused: bool = False  # too late to count

    def __str__(self) -> str:
        days = "1 day" if self.days == 1 else f"{self.days} days"
        cost = "too late to count" if self.refused else f"{plain(self.percent)}% off"
        return f"{days} late: {cost}" if self.days else ""


def lateness(
    handed_in: datetime | None, rules: Assignment, extension: Extension = None
) -> Lateness:
    """Say how late something was handed in; on time where either moment is not known."""
    if handed_in is None or not rules.marking.due:
        return Lateness()
    due = due_for(datetime.fromisoformat(rules.marking.due), extension)
    return late_by(handed_in - due, rules)


def due_for(due: datetime, extension: Extension) -> datetime:
    """Return when it is due for somebody."""
    if isinstance(extension, datetime):
        return max(due, extension)
    return due + timedelta(days=extension or 0)


def late_by(time: timedelta, rules: Assignment) -> Lateness:
    """Say what so much time beyond the due date costs."""
    days = max(0, -(-time // timedelta(days=1)))  # each day that has begun
    marking = rules.marking
    if marking.most_days is not None and days > marking.most_days:
        return Lateness(days, Decimal(100), refused=True)
    percent = min(Decimal(marking.percent_per_day) * days, Decimal(marking.most_percent))
    return Lateness(days, percent)


def final(gained: Decimal, late: Lateness) -> Decimal:
    """Take off what being late costs."""
    return rounded(gained * (100 - late.percent) / 100)


def rounded(number: Decimal) -> Decimal:
    """Round to hundredths, a half up, as people do."""
    return number.quantize(CENT, ROUND_HALF_UP)


def plain(number: Decimal) -> str:
    """Write a number as a person would: 7, 7.5."""
    return f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}"
