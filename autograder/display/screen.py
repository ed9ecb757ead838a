"""A grading as it happens, in the terminal: something moves from the first moment to the last."""

import re
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.spinner import Spinner
from rich.text import Text

from autograder.assignment import Assignment
from autograder.display.terminal import EPOCH_HEAD, epoch_row, finding, findings, layer_table
from autograder.verdict import Check
from autograder.words import printable


class Screen:
    """Follows one grading, event by event; it is handed to the pipeline as `watch`."""

    def __init__(self, console: Console, path: Path, assignment: Assignment) -> None:
        self.console, self.path, self.rules = console, path, assignment
        self.live: Live | None = None
        self.layers: list[dict[str, Any]] = []
        self.checks: list[Check] = []
        self.progress: Progress | None = None
        self.tasks: dict[int, TaskID] = {}  # by the number of the run
        self.began: dict[int, float] = {}
        self.shown = False
        self.source = ""

    def __enter__(self) -> "Screen":
        line = Text.assemble(
            (printable(self.path.name, 60), "bold"), " · ", (self.rules.name, "bold cyan")
        )
        line.append(f" · {self.rules.describe()}", "dim")
        self.console.print(line)
        self.wait("opening a jail for the file, and loading torch beside it")
        return self

    def __exit__(self, *exception: object) -> None:
        self.still()

    def wait(self, what: str) -> None:
        """Show that something is going on."""
        self.still()
        self.live = Live(
            Spinner("dots", f" {what}…", style="cyan"), console=self.console, transient=True
        )
        self.live.start()

    def still(self) -> None:
        """Take down whatever moves."""
        if self.live is not None:
            self.live.stop()
            self.live = None

    def __call__(self, event: dict[str, Any]) -> None:
        """Show one event."""
        getattr(self, f"on_{event['event']}", lambda event: None)(event)

    def on_check(self, event: dict[str, Any]) -> None:
        """Keep a finding; those of training are shown at once."""
        self.checks.append(event["check"])
        if self.shown:
            self.stop_progress()
            self.console.print(finding(event["check"], self.source_lines()))

    def on_submission(self, event: dict[str, Any]) -> None:
        """Take the table of layers."""
        self.layers = event.get("layers", [])
        for note in event.get("notes", []):
            self.checks.append(Check("note", "skip", message=note))

    def findings(self) -> None:
        """Show the table of layers and every finding so far, once."""
        if self.shown:
            return
        self.shown = True
        self.still()
        if self.layers:
            self.console.print(layer_table(self.layers, self.console.width))
        self.console.print(*findings(self.checks, self.source_lines()), sep="\n")

    def on_read(self, event: dict[str, Any]) -> None:
        """Keep the student's file as it was graded, to quote from."""
        self.source = event["source"].decode("utf-8", "replace")

    def source_lines(self) -> list[str]:
        """Return the student's lines as Python counts them."""
        return re.split(r"\r\n|\r|\n", self.source)

    def on_run(self, event: dict[str, Any]) -> None:
        """A training begins; the first one finds the screen as the checks left it."""
        self.of = event["of"]
        if self.shown:
            return
        self.findings()
        last = self.rules.last_epochs
        where = f"each of the last {last} epochs" if last else "one epoch"
        needs = f" · needs {self.rules.percent}% in {where}"
        runs = f"training with {self.of} seeds" if self.of > 1 else "training"
        self.console.print(Text.assemble("\n", (runs, "bold"), (needs, "dim")))
        self.wait("loading the digits")

    def on_training(self, event: dict[str, Any]) -> None:
        """The digits are there; the first step follows."""
        if self.progress is None:
            self.still()
            head = f"seed{EPOCH_HEAD}" if self.of > 1 else EPOCH_HEAD
            self.console.print(f"[dim]{head}[/dim]")
            columns = (
                TextColumn("  {task.description}"),
                BarColumn(bar_width=24),
                TextColumn("[dim]{task.fields[left]}[/dim]"),
            )
            self.progress = Progress(*columns, console=self.console, transient=True)
            self.progress.start()
        self.steps, self.epochs = event["steps"], event["epochs"]
        for run in event["runs"]:
            self.began[run] = time.monotonic()
            name = f"{self.seed(run)}epoch 1"
            self.tasks[run] = self.progress.add_task(name, total=self.steps, left="")

    def seed(self, run: int) -> str:
        """Say which seed is meant, where there are several."""
        return f"seed {run + 1} · " if self.of > 1 else ""

    def on_step(self, event: dict[str, Any]) -> None:
        """Move a bar, and estimate the time left from the steps done."""
        if self.progress is None:
            return
        run, step, per_epoch = event["run"], event["step"], max(1, self.steps // self.epochs)
        gone = time.monotonic() - self.began[run]
        left = gone / step * (self.steps - step)
        epoch = min(self.epochs, (step - 1) // per_epoch + 1)
        batch = (step - 1) % per_epoch + 1
        of = f"{self.seed(run)}epoch {epoch}/{self.epochs}, batch {batch:,}/{per_epoch:,}"
        left_over = f"{clock(left)} left" if gone > 1 else ""
        self.progress.update(self.tasks[run], completed=step, description=of, left=left_over)

    def on_epoch(self, event: dict[str, Any]) -> None:
        """Print an epoch's row."""
        needed = self.rules.needed(event["test_total"])
        row = epoch_row(event, needed, self.counts(event["epoch"]))
        self.console.print(Text(f"{event['run'] + 1:>4}") + row if self.of > 1 else row)

    def on_trained(self, event: dict[str, Any]) -> None:
        """Take a finished training's bar away."""
        if self.progress is not None:
            self.progress.remove_task(self.tasks[event["run"]])

    def counts(self, epoch: int) -> bool:
        """Tell whether an epoch is one that must reach the line."""
        return not self.rules.last_epochs or epoch > self.epochs - self.rules.last_epochs

    def stop_progress(self) -> None:
        """Take the bar down."""
        if self.progress is not None:
            self.progress.stop()
            self.progress = None


def clock(seconds: float) -> str:
    """Write a duration as minutes and seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
