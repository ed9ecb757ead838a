"""What is different in a file's second verdict: counts, layers, the recipe, checks that turned.

for change in changes(before, after):
change.what, change.before, change.after, change.better     # "parameters", "7,890", …
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

from autograder.display.terminal import MARKS
from autograder.verdict import CHECKS, Check, SubmissionReport, Verdict
from autograder.words import signed
from course.rows import Row

MOST = 8  # lines


@dataclass(frozen=True)
class Change:
    """One thing that is different."""

    what: str
    before: str
    after: str
    more: int | None = None  # of what is counted
    better: bool | None = None  # of a check

    @property
    def brief(self) -> str:
        """Say it in as few words as a line has room for."""
        if self.more is not None:
            return f"{self.what} {signed(self.more)}"
        return f"{self.what} {self.before} → {self.after}"


def changes(before: Verdict, after: Verdict) -> list[Change]:
    """List what is different: what the checks say first, then counts, layers and the recipe."""
    old, new = before.submission, after.submission
    return [
        *turned(before.checks, after.checks),
        *counts(old, new),
        *layers(old.layers or (), new.layers or ()),
        *settings(old.recipe or {}, new.recipe or {}),
    ]


def turned(before: Sequence[Check], after: Sequence[Check]) -> Iterator[Change]:
    """Yield the checks that end otherwise."""
    old, new = ({check.id: check for check in checks} for checks in (before, after))
    for name in CHECKS:
        if name in old and name in new and old[name].status != new[name].status:
            was, now = (MARKS[checks[name].status][0] for checks in (old, new))
            better = old[name].bad or not new[name].bad
            yield Change(name, was, now, better=better)


def counts(before: SubmissionReport, after: SubmissionReport) -> Iterator[Change]:
    """Yield the sums that are larger or smaller."""
    sums = {
        "parameters": (before.parameters, after.parameters),
        "multiply-adds": (before.multiply_adds, after.multiply_adds),
        "receptive field": (before.receptive_field, after.receptive_field),
    }
    for name, (old, new) in sums.items():
        if old is not None and new is not None and old != new:
            yield Change(name, f"{old:,}", f"{new:,}", new - old)


def layers(before: Sequence[Row], after: Sequence[Row]) -> Iterator[Change]:
    """Yield the layers that came, went, or store another number."""
    old, new = (stored(rows) for rows in (before, after))
    if not old or not new:
        return  # one of the two could not be read
    for name in dict.fromkeys([*old, *new]):
        was, is_ = old.get(name), new.get(name)
        if was != is_:
            one, other = ("–" if count is None else f"{count:,}" for count in (was, is_))
            yield Change(name, one, other, (is_ or 0) - (was or 0))


def stored(rows: Sequence[Row]) -> dict[str, int]:
    """Return what the layers store, by their names."""
    return {row.name: row.parameters for row in rows if row.parameters}


def settings(before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[Change]:
    """Yield what the recipe says otherwise."""
    old, new = flat(before), flat(after)
    if not old or not new:
        return  # one of the two could not be followed
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name):
            yield Change(name, old.get(name, "–"), new.get(name, "–"))


def flat(setting: object, name: str = "") -> dict[str, str]:
    """Name each setting of a recipe: "scheduler.max_lr"."""
    parts: dict[str, object] = {}
    if isinstance(setting, Mapping):
        parts = {f"{name}.{key}".lstrip("."): value for key, value in setting.items()}
    elif isinstance(setting, list | tuple) and any(isinstance(one, Mapping) for one in setting):
        named = [one.get("name", "") if isinstance(one, Mapping) else "" for one in setting]
        parts = {f"{name}.{key}": one for key, one in zip(named, setting, strict=True)}
    else:
        return {name: str(setting)}
    return {key: value for one, part in parts.items() for key, value in flat(part, one).items()}


def change_table(found: Sequence[Change]) -> Table:
    """Lay out what has changed since the last save."""
    table = Table.grid(padding=(0, 1))
    for justify in ("left", "right", "left", "left", "left"):
        table.add_column(justify=justify, no_wrap=True)
    for change in found[:MOST]:
        style = {True: "green", False: "bold red", None: ""}[change.better]
        more = "" if change.more is None else f"({signed(change.more)})"
        cells = (f" {change.what}", change.before, "→", change.after, more)
        table.add_row(*(Text(cell, style) for cell in cells))
    if len(found) > MOST:
        table.add_row(Text(f" and {len(found) - MOST} more", "dim"))
    return table
