"""Who a regrade changed, and by which rule: this time's rows beside what was told the last time.

    before = last_told(batch.name)
    for change in changes(before, now): …
    tell(batch.name, now)

What a batch told last lies in the home folder, a file each: rules and dates may change without a
trace in any verdict. Nothing is trained for this: the epochs of every training are kept.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from autograder.assignment import Assignment
from autograder.classroom.rows import ClassRow
from autograder.results.home import home, share
from course.files import write_whole

# The rules that each check goes by, and how a TOML calls them.
RULES: dict[str, dict[str, str]] = {
    "parameters": {"fewer_parameters_than": "fewer_parameters_than"},
    "no-dense": {"dense_allowed": "dense_layers", "whole_map_allowed": "whole_map_kernels"},
    "required": {"require": "require"},
    "recipe": {"most_epochs": "most_epochs", "require_augmentation": "require_augmentation"},
    "cost": {"memory_gigabytes": "memory_gigabytes"},
    "time": {"seconds": "seconds"},
    "accuracy": {"percent": "percent", "last_epochs": "in_each_of_last_epochs"},
}
POINTS = {"points": "points of a check", "steps": "points for accuracy"}
LATE = {
    "due": "due",
    "percent_per_day": "percent_per_day",
    "most_percent": "most_percent",
    "most_days": "most_days",
}


@dataclass(frozen=True)
class Told:
    """What a class was told: the rules, everybody's row, and whose file that was."""

    rules: Assignment
    rows: tuple[ClassRow, ...]
    files: dict[str, str]  # the SHA-256 of each student's file


@dataclass(frozen=True)
class Change:
    """Somebody who stands elsewhere than before."""

    student: str
    before: str
    after: str
    why: tuple[str, ...]


def last_told(batch: str) -> Told | None:
    """Return what a batch told the last time; None where it never did, or in another form."""
    try:
        return msgspec.json.decode(place(batch).read_bytes(), type=Told)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def tell(batch: str, told: Told) -> None:
    """Keep what a batch tells, for the next time."""
    write_whole(place(batch), msgspec.json.encode(told))
    share(place(batch))


def place(batch: str) -> Path:
    """Return where it is kept."""
    folder = home() / "told"
    folder.mkdir(exist_ok=True)
    share(folder)
    return folder / f"{hashlib.sha256(batch.encode('utf-8', 'surrogatepass')).hexdigest()}.json"


def changes(before: Told, now: Told) -> Iterator[Change]:
    """Name everybody whose status or points are others than before."""
    known = {row["student"]: row for row in before.rows}
    for row in now.rows:
        student = row["student"]
        old = known.pop(student, None)
        if old is None:
            yield Change(student, "not in the class", standing(row), ("new in the class",))
        elif (old["status"], old["points"]) != (row["status"], row["points"]):
            why = tuple(reasons(old, row, before, now))
            yield Change(student, standing(old), standing(row), why)
    for student, old in known.items():
        yield Change(student, standing(old), "not in the class", ("gone from the class",))


def standing(row: ClassRow) -> str:
    """Say how somebody stands."""
    return f"{row['status']}, {row['points']:g}" if row["points"] is not None else row["status"]


def reasons(old: ClassRow, new: ClassRow, before: Told, now: Told) -> Iterator[str]:
    """Say why somebody stands elsewhere."""
    student = new["student"]
    if before.files.get(student) != now.files.get(student):
        yield "another file was handed in"
        return
    if "ungraded" in (old["status"], new["status"]):
        yield "graded now" if old["status"] == "ungraded" else "could not be graded this time"
    for check, names in RULES.items():
        was, became = old["checks"].get(check), new["checks"].get(check)
        if was != became and "fail" in (was, became):
            found = list(altered(vars(before.rules), vars(now.rules), names))
            yield f"{check}: {', '.join(found) or f'{was} → {became}'}"
    marking = vars(before.rules.marking), vars(now.rules.marking)
    if old["gained"] != new["gained"]:
        yield from altered(*marking, POINTS)
    if old["late"] != new["late"]:
        by_rule = list(altered(*marking, LATE))
        yield from by_rule or ["an extension, or another moment of handing in"]


def altered(
    before: dict[str, object], now: dict[str, object], names: dict[str, str]
) -> Iterator[str]:
    """Say of each rule that is another one what it was and is."""
    for field, name in names.items():
        if before[field] != now[field]:
            yield f"{name} {written(before[field])} → {written(now[field])}"


def written(value: object) -> str:
    """Write a rule's value."""
    if isinstance(value, tuple):  # of points: each with what it is worth
        return "; ".join(" gives ".join(map(str, one)) for one in value) or "none"
    return "none" if value in (None, "") else str(value)
