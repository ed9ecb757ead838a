"""A grading as it happens, in the terminal: something moves from the first moment to the last."""

import time
from pathlib import Path
from typing import assert_never

from rich.console import Console
from rich.live import Live
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.spinner import Spinner
from rich.text import Text

from autograder.assignment import Assignment
from autograder.display.epochs import EpochTable
from autograder.display.terminal import finding, findings, layer_table, one_line, verdict_lines
from autograder.events import (
    Checked,
    Described,
    EpochDone,
    RunDone,
    RunStarted,
    Shown,
    Started,
    StepDone,
    TrainingStarted,
)
from autograder.source.text import as_written
from autograder.verdict import Check, SubmissionReport, Verdict
from autograder.words import printable
from course.rows import Row


class Screen:
    """Follows one grading, event by event; it is handed to the pipeline as `watch`."""

    def __init__(self, console: Console, path: Path, rules: Assignment, seeds: int = 0) -> None:
        self.console, self.path, self.rules, self.seeds = console, path, rules, seeds
        self.live: Live | None = None
        self.layers: tuple[Row, ...] = ()
        self.checks: list[Check] = []
        self.table = EpochTable(console.width, seeds)
        self.progress: Progress | None = None
        self.tasks: dict[int, TaskID] = {}  # by the number of the run
        self.began: dict[int, float] = {}
        self.steps = self.epochs = 1  # of a run
        self.announced = False  # whether it was said that training begins
        self.shown = False  # whether the findings before the training are on the screen
        self.source = ""

    def __enter__(self) -> "Screen":
        self.console.print(title(self.path, self.rules))
        self.wait("opening a jail for the file, and loading torch beside it")
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop_progress()
        self.stop_waiting()

    def __call__(self, event: Shown) -> None:
        """Show one event."""
        match event:
            case Started(source):
                self.source = as_written(source)
            case Checked(check):
                self.show_check(check)
            case Described(submission):
                self.take(submission)
            case RunStarted():
                self.announce()
            case TrainingStarted():
                self.start_progress(event)
            case StepDone(run, step):
                self.show_step(run, step)
            case EpochDone():
                self.show_epoch(event)
            case RunDone(run):
                if self.progress is not None:
                    self.progress.remove_task(self.tasks[run])
            case _ as never:
                assert_never(never)

    # ---- before the training -----------------------------------------------------------------

    def wait(self, what: str) -> None:
        """Show that something is going on."""
        self.stop_waiting()
        self.live = Live(
            Spinner("dots", f" {what}…", style="cyan"), console=self.console, transient=True
        )
        self.live.start()

    def stop_waiting(self) -> None:
        """Take down the spinner."""
        if self.live is not None:
            self.live.stop()
            self.live = None

    def show_check(self, check: Check) -> None:
        """Keep a finding; those of training are shown at once."""
        # Before the training they wait for the table of layers, which comes with Described.
        self.checks.append(check)
        if self.shown:
            self.stop_progress()
            self.console.print(finding(check, self.source))

    def take(self, submission: SubmissionReport) -> None:
        """Keep the table of layers and the remarks for when the findings are shown."""
        self.layers = submission.layers or ()
        self.checks += [Check("note", "skip", message=note) for note in submission.notes]

    def show_findings(self) -> None:
        """Show the table of layers and every finding so far, once."""
        if self.shown:
            return
        self.shown = True
        self.stop_waiting()
        if self.layers:
            self.console.print(layer_table(self.layers, self.console.width))
        self.console.print(*findings(self.checks, self.source), sep="\n")

    def conclude(self, verdict: Verdict) -> None:
        """Show the findings, if that is still to be done, and say how the grading ended."""
        self.stop_progress()  # first: a moving bar would be drawn over what follows
        self.show_findings()
        self.console.print(verdict_lines(verdict))

    # ---- while it trains ---------------------------------------------------------------------

    def announce(self) -> None:
        """Say what is trained and what it needs, when the first run starts."""
        if self.announced:
            return
        self.announced = True
        self.show_findings()
        needs = f" · needs {self.rules.percent}% in {self.rules.where}"
        runs = f"training with {self.seeds} seeds" if self.seeds > 1 else "training"
        self.console.print(Text.assemble("\n", (runs, "bold"), (needs, "dim")))
        self.wait("loading the digits")

    def start_progress(self, event: TrainingStarted) -> None:
        """Show a bar for each run that begins."""
        if self.progress is None:
            self.stop_waiting()
            self.console.print(self.table.head)
            columns = (
                TextColumn("  {task.description}"),
                BarColumn(bar_width=max(6, min(24, self.console.width - 56))),
                TextColumn("[dim]{task.fields[left]}[/dim]"),
            )
            self.progress = Progress(*columns, console=self.console, transient=True)
            self.progress.start()
        self.steps, self.epochs = event.steps, event.epochs
        for run in event.runs:
            self.began[run] = time.monotonic()
            name = f"{self.seed(run)}epoch 1"
            self.tasks[run] = self.progress.add_task(name, total=self.steps, left="")

    def seed(self, run: int) -> str:
        """Say which seed is meant, where there are several."""
        return f"seed {run + 1} · " if self.seeds > 1 else ""

    def show_step(self, run: int, step: int) -> None:
        """Move a bar, and estimate the time left from the steps done."""
        if self.progress is None:
            return
        per_epoch = max(1, self.steps // self.epochs)
        gone = time.monotonic() - self.began[run]
        left = gone / step * (self.steps - step)  # as if every step took as long
        epoch = min(self.epochs, (step - 1) // per_epoch + 1)
        batch = (step - 1) % per_epoch + 1
        of = f"{self.seed(run)}epoch {epoch}/{self.epochs}, batch {batch:,}/{per_epoch:,}"
        left_over = f"{clock(left)} left" if gone > 1 else ""
        self.progress.update(self.tasks[run], completed=step, description=of, left=left_over)

    def show_epoch(self, event: EpochDone) -> None:
        """Print an epoch's row."""
        epoch = event.epoch
        needed, counts = self.rules.needed(epoch.test_total), self.counts(epoch.epoch)
        self.console.print(self.table.row(epoch, needed, counts, event.run))

    def counts(self, epoch: int) -> bool:
        """Return whether an epoch is one that must reach the line."""
        return not self.rules.last_epochs or epoch > self.epochs - self.rules.last_epochs

    def restart(self) -> None:
        """Begin the trainings afresh: whoever was at them has ended, and another goes on."""
        self.stop_progress()
        self.console.print(Text("\nbegun again", "dim"))
        self.tasks, self.began, self.announced = {}, {}, False

    def stop_progress(self) -> None:
        """Take down the bars."""
        if self.progress is not None:
            self.progress.stop()
            self.progress = None


class QuietScreen:
    """Says how a grading ended, and nothing before."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def __enter__(self) -> "QuietScreen":
        return self

    def __exit__(self, *exception: object) -> None:
        pass

    def __call__(self, event: Shown) -> None:
        """Show nothing of one event."""

    def conclude(self, verdict: Verdict) -> None:
        """Say how the grading ended, in one line."""
        self.console.print(one_line(verdict), soft_wrap=True)


def title(path: Path, rules: Assignment) -> Text:
    """Name the file and the rules that it is graded by."""
    line = Text.assemble((printable(path.name, 60), "bold"), " · ", (rules.name, "bold cyan"))
    return line.append(f" · {rules.in_one_line()}", "dim")


def clock(seconds: float) -> str:
    """Write a duration as minutes and seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
