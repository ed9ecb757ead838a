"""What `autograde watch` shows: the last verdict, in place, and what the last save changed in it.

Where there is no terminal, each verdict is a line.
"""

import time
from pathlib import Path
from typing import Self

from rich.console import Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.spinner import Spinner
from rich.text import Text

from autograder.assignment import Assignment
from autograder.display.changes import Change, change_table, changes
from autograder.display.console import SafeConsole
from autograder.display.screen import title
from autograder.display.terminal import findings, layer_table, verdict_lines
from autograder.source.text import as_written
from autograder.verdict import Check, Verdict
from autograder.watching.rechecking import Rechecked
from autograder.words import printable

KEYS = "s submits · r checks again · q leaves"


class WatchScreen:
    """The screen, or the lines, of one file that is watched."""

    def __init__(self, console: SafeConsole, path: Path, rules: Assignment, keys: bool) -> None:
        self.console, self.path, self.rules, self.keys = console, path, rules, keys
        self.before: Verdict | None = None
        self.live = self.last_line()

    def __enter__(self) -> Self:
        self.console.print(title(self.path, self.rules))
        if self.console.is_terminal:
            self.live.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.live.stop()

    def last_line(self) -> Live:
        """Return a line that can be replaced; it is drawn when something changes, or by `tick`."""
        return Live(console=self.console, transient=True, auto_refresh=False)

    def tick(self) -> None:
        """Let the spinner turn, if there is one."""
        if isinstance(self.live.renderable, Spinner):
            self.live.refresh()

    def busy(self) -> None:
        """Show that a check is under way."""
        first = "opening a jail for the file, and loading torch beside it"
        what = f"checking {printable(self.path.name, 60)}" if self.before else first
        self.live.update(Spinner("dots", f" {what}…", style="cyan"), refresh=True)

    def say(self, words: str, style: str = "dim") -> None:
        """Say something below the last verdict, and what keys there are."""
        if not self.console.is_terminal:
            self.console.print(f"{clock()} {words}", soft_wrap=True)
            return
        keys = f" {KEYS}" if self.keys else " Ctrl-C leaves"
        self.live.update(Group(Text(f" {words}", style), Text(keys, "dim")), refresh=True)

    def show(self, found: Rechecked) -> None:
        """Show a verdict in the place of the last one."""
        verdict, before = found.verdict, self.before
        different = changes(before, verdict) if before is not None else []
        self.before = verdict
        took = f"checked in {found.seconds:.1f} s"
        if not self.console.is_terminal:
            self.say(f"{in_one_line(verdict, different)} · {took}")
            return
        self.live.stop()
        self.console.clear()
        self.console.print(
            title(self.path, self.rules), *body(verdict, found.source, self.console.width)
        )
        if before is not None:
            self.console.print(since(different))
        self.live = self.last_line()
        self.live.start()
        self.say(f"{took}, at {clock()}")


def body(verdict: Verdict, source: bytes, width: int) -> list[RenderableType]:
    """Return the table of layers, the findings and how it ended."""
    submission = verdict.submission
    notes = [Check("note", "skip", message=note) for note in submission.notes]
    table = [layer_table(submission.layers, width)] if submission.layers else []
    text = as_written(source)
    return [*table, *findings([*verdict.checks, *notes], text), verdict_lines(verdict)]


def since(different: list[Change]) -> RenderableType:
    """Say what the last save has changed."""
    if not different:
        return Text("\n since the last save: nothing that counts", "dim")
    head = Text("\n since the last save", "dim")
    return Group(head, Padding(change_table(different), (0, 0, 0, 1)))


def in_one_line(verdict: Verdict, different: list[Change]) -> str:
    """Write a verdict, and what is different in it, as one line."""
    word = "ready to submit" if verdict.ok else f"not ready: {verdict.headline()}"
    count = verdict.submission.parameters
    counted = [f"{count:,} parameters"] if count is not None and verdict.ok else []
    return " · ".join([word, *counted, *(change.brief for change in different)])


def clock() -> str:
    """Say what time it is."""
    return time.strftime("%H:%M:%S")
