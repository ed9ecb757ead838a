"""A batch in the terminal: how far it is, how long it still takes, what runs, who had trouble."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import fmean

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from autograder.classroom.regrade import Told, changes
from autograder.classroom.rows import ClassRow
from autograder.events import EpochDone, RunStarted, Shown, TrainingStarted
from autograder.fleet.engines import Engine
from autograder.fleet.queue import Claim
from autograder.verdict import Verdict
from autograder.words import long_duration
from course.validators import counted

STYLES = {"passed": "green", "failed": "red", "refused": "red", "ungraded": "yellow"}
MOST_SHOWN = 12  # gradings under way


@dataclass
class UnderWay:
    """A grading under way, as far as it has come."""

    student: str
    begun: float
    epochs: int = 0  # of a run
    epoch: dict[int, int] = field(default_factory=dict)  # by the number of the run

    def __str__(self) -> str:
        if not self.epoch:
            return "checking"
        runs = ", ".join(
            f"seed {run + 1}: epoch {epoch}" for run, epoch in sorted(self.epoch.items())
        )
        return f"{runs} of {self.epochs}" if self.epochs else runs


class BatchScreen:
    """Follows a batch; in a pipe it prints a line for each student and nothing that moves."""

    def __init__(self, console: Console, total: int, done: int, engine: Engine) -> None:
        self.console, self.total, self.done, self.engine = console, total, done, engine
        self.under_way: dict[int, UnderWay] = {}
        self.took: list[float] = []
        self.live = Live(console=console, refresh_per_second=4, transient=True)

    def __enter__(self) -> "BatchScreen":
        if self.console.is_terminal:
            self.live.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.live.stop()

    def begun(self, claim: Claim) -> None:
        """Show a grading that has begun."""
        self.under_way[claim.number] = UnderWay(claim.ticket.student, time.monotonic())

    def happened(self, claim: Claim, event: Shown) -> None:
        """Note how far a grading has come."""
        one = self.under_way.get(claim.number)
        if one is None:
            return
        match event:
            case RunStarted(run):
                one.epoch[run] = 0
            case TrainingStarted(epochs=epochs):
                one.epochs = epochs
            case EpochDone(run, epoch):
                one.epoch[run] = epoch.epoch
            case _:
                pass

    def ended(self, claim: Claim, verdict: Verdict | None, fault: str, seconds: float) -> None:
        """Say what became of a grading."""
        self.under_way.pop(claim.number, None)
        if fault:
            what = Text(f"could not be graded: {fault}; it is tried again", "yellow")
        else:
            self.done += 1
            self.took.append(seconds)
            assert verdict is not None
            what = Text("passed: " if verdict.passed else "failed: ")
            what.stylize("green" if verdict.passed else "red")
            what.append(verdict.headline(), "default")
        head = Text(f"{self.done} of {self.total} · ", "dim")
        self.console.print(head + Text(claim.ticket.student, "bold") + " " + what)

    def look(self) -> None:
        """Bring the moving part up to date."""
        if self.live.is_started:
            self.live.update(self.moving())

    def moving(self) -> RenderableType:
        """Return what stands below the lines."""
        table = Table.grid(padding=(0, 2))
        now = time.monotonic()
        shown = list(self.under_way.values())
        for one in shown[:MOST_SHOWN]:
            since = Text(long_duration(now - one.begun), "dim")
            table.add_row(Text(one.student, overflow="ellipsis", no_wrap=True), str(one), since)
        if len(shown) > MOST_SHOWN:
            table.add_row(f"and {len(shown) - MOST_SHOWN} more")
        return Group(Text(self.headline(), "bold"), table)

    def headline(self) -> str:
        """Say how far it is, and how long it still takes."""
        left = self.total - self.done
        if not self.took or not left:
            return f"{self.done} of {self.total}"
        now = time.monotonic()
        mean = fmean(self.took)
        begun = sum(min(mean, now - one.begun) for one in list(self.under_way.values()))
        seconds = (mean * left - begun) / min(max(1, self.engine.slots), left)
        return f"{self.done} of {self.total}, {long_duration(seconds)} left"


def class_table(rows: Sequence[ClassRow], width: int) -> Table:
    """Return the class, a row a student."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("student", overflow="ellipsis", no_wrap=True, max_width=max(12, width // 4))
    table.add_column("status", no_wrap=True)
    table.add_column("points", justify="right", no_wrap=True)
    if width >= 70:
        table.add_column("parameters", justify="right", no_wrap=True)
        table.add_column("mean", justify="right", no_wrap=True)
    table.add_column("", overflow="fold")
    for row in rows:
        points = "–" if row["points"] is None else f"{row['points']:g} of {row['most']:g}"
        numbers = [
            f"{row['parameters']:,}" if row["parameters"] is not None else "",
            f"{100 * row['mean_accuracy']:.2f}%" if row["mean_accuracy"] is not None else "",
        ]
        table.add_row(
            row["student"],
            Text(row["status"], STYLES.get(row["status"], "default")),
            points,
            *(numbers if width >= 70 else []),
            "; ".join(remarks(row)),
        )
    return table


def remarks(row: ClassRow) -> list[str]:
    """Return what there is to say of a row besides its numbers."""
    return [
        *([row["said"]] if row["status"] != "passed" else []),
        *([row["late"]] if row["late"] and row["status"] != "late" else []),
        *([f"the same network as {', '.join(row['copies'])}"] if row["copies"] else []),
        *(["not in the roster"] if row["unlisted"] else []),
    ]


def changed(before: Told | None, now: Told) -> list[RenderableType]:
    """List who stands elsewhere than the last time, and why."""
    if before is None:
        return [Text("nothing to compare with: this folder is graded for the first time")]
    found = list(changes(before, now))
    if not found:
        return [Text("nobody stands elsewhere than last time")]
    students = counted(len(now.rows), "student")
    shown: list[RenderableType] = [Text(f"{len(found)} of {students} changed:", "bold")]
    for one in found:
        head = Text.assemble(" ", (one.student, "bold"), f": {one.before} → {one.after}")
        shown += [head, *(Text(f"   {why}", "dim") for why in one.why)]
    return shown


def summary(rows: Sequence[ClassRow]) -> str:
    """Count the class by what became of it."""
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["status"]] = counts.get(row["status"], 0) + 1
    ungraded = counts.pop("ungraded", 0)
    parts = [f"{number} {status}" for status, number in counts.items()]
    parts += [f"{ungraded} could not be graded"] if ungraded else []
    return f"{len(rows)} students: {', '.join(parts)}" if rows else "no student handed in anything"
