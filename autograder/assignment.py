"""The rules of one assignment, read from a TOML file; a wrong file is answered by line."""

import difflib
import hashlib
import json
import math
import re
import tomllib
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import msgspec

from course.errors import UsageError
from course.validators import (
    Unfit,
    Validator,
    accept,
    counted,
    exact,
    flag,
    integer,
    moment,
    show,
    word,
)

SHIPPED = Path(__file__).parent / "assignments"
DEFAULT = "under-8k"
REQUIRABLE = ("batch_norm", "dropout", "global_pooling")


class AssignmentError(UsageError):
    """A sentence about a wrong assignment: its file, its line, what was expected and found."""


@dataclass(frozen=True)
class Marking:
    """What a class gives for a verdict, and has no say in it. Numbers are exact decimals."""

    points: tuple[tuple[str, str], ...] = ()  # of each check that passes
    steps: tuple[tuple[str, str], ...] = ()  # (percent, points); none: all or nothing
    due: str = ""  # ISO 8601 with its zone
    percent_per_day: str = "0"  # off, for each day that has begun
    most_percent: str = "100"  # off, however late
    most_days: int | None = None  # later than that counts no more


@dataclass(frozen=True)
class Assignment:
    """What a network must be and reach to pass."""

    name: str
    title: str
    fewer_parameters_than: int
    dense_allowed: bool
    whole_map_allowed: bool
    require: tuple[str, ...]
    most_epochs: int
    require_augmentation: bool
    percent: str  # exact decimal text: a binary fraction cannot hold 99.40
    last_epochs: int  # 0: reached once is enough
    seconds: float
    memory_gigabytes: float
    sha256: str = ""  # of the rules that decide a verdict, so not of what follows
    marking: Marking = Marking()

    def as_dict(self) -> dict[str, object]:
        """Return the rules as plain JSON."""
        return {**asdict(self), "require": list(self.require)}

    @classmethod
    def from_dict(cls, data: dict[str, object]) -> "Assignment":
        """Rebuild the rules from `as_dict`."""
        return msgspec.convert(data, cls)

    def needed(self, images: int) -> int:
        """Return how many of `images` test images must be read right."""
        return count_of(self.percent, images)

    def in_one_line(self) -> str:
        """State the rules in one line."""
        dense = "" if self.dense_allowed else ", no fully connected layer"
        return (
            f"fewer than {counted(self.fewer_parameters_than, 'parameter')}{dense}, at most "
            f"{counted(self.most_epochs, 'epoch')}, {self.percent}% in {self.where}"
        )

    @property
    def where(self) -> str:
        """Say in which epochs the accuracy must be reached."""
        if self.last_epochs > 1:
            return f"each of the last {counted(self.last_epochs, 'epoch')}"
        return "the last epoch" if self.last_epochs else "at least one epoch"


def count_of(percent: str, images: int) -> int:
    """Return how many images a percentage is, no less."""
    # Exact: 99.40% of 10,000 is 9,940, where binary fractions might say 9,941.
    return math.ceil(Decimal(percent) * images / 100)


def steps_of(value: object) -> tuple[tuple[str, str], ...]:
    """Read the steps of accuracy, each with what it is worth."""
    found: list[tuple[Decimal, Decimal]] = []
    for step in value if type(value) is list else [None]:
        if type(step) is not dict or set(step) != {"percent", "points"}:
            raise Unfit(STEPS, value)
        found.append((exact("(0, 100]")(step["percent"]), exact("(0, 1000]")(step["points"])))
    rising = all(low[0] < high[0] and low[1] < high[1] for low, high in pairwise(found))
    if not found or not rising:
        raise Unfit(STEPS, value)
    return tuple((str(percent), str(points)) for percent, points in found)


# What may stand in the file: section and key, what is accepted, and the default where it may be
# left out. A new key needs a field in Assignment and a line in `read` as well. It changes the hash
# of every assignment unless it is left out of the hash at its default, and with another hash every
# leaderboard starts empty.
REQUIRED = object()
STEPS = "steps such as { percent = 98.00, points = 2 }, each higher than the one before"
# Checks that can be worth points: those that look at what was built.
WORTH: tuple[str, ...] = ("interface", "parameters", "no-dense", "required", "recipe", "cost")
name = accept(
    "small letters, digits and dashes, such as 'under-8k'",
    lambda v: type(v) is str and bool(re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", v)),
)
short_text = accept(
    "a short text", lambda v: type(v) is str and 0 < len(v) <= 80 and v.isprintable()
)
requirements = accept(
    f"a list of any of {', '.join(REQUIRABLE)}",
    lambda v: type(v) is list and all(item in REQUIRABLE for item in v),
)
refused_or_allowed = word("refused", "allowed")
Keys = dict[str, tuple[Validator[object], object]]
KEYS: dict[str, Keys] = {
    "": {"name": (name, REQUIRED), "title": (short_text, None)},
    "network": {
        "fewer_parameters_than": (integer("[1, 100_000_000]"), REQUIRED),
        "dense_layers": (refused_or_allowed, "refused"),
        "whole_map_kernels": (refused_or_allowed, "allowed"),
        "require": (requirements, []),
    },
    "recipe": {
        "most_epochs": (integer("[1, 1000]"), REQUIRED),
        "require_augmentation": (flag, False),
    },
    "accuracy": {
        "percent": (exact("(0, 100]"), REQUIRED),
        "in_each_of_last_epochs": (integer("[1, 1000]"), None),
        "reached_once": (flag, False),
    },
    "limits": {
        "seconds": (exact("(0, 1_000_000]"), 3_600),
        "memory_gigabytes": (exact("(0, 1000]"), 4),
    },
    # How a class marks a hand-in: left out of the hash.
    "points": {
        **{check: (exact("[0, 1000]"), None) for check in WORTH},
        "accuracy": (Validator(STEPS, steps_of), ()),
    },
    "dates": {"due": (moment, None)},
    "late": {
        "percent_per_day": (exact("[0, 100]"), 0),
        "most_percent": (exact("[0, 100]"), 100),
        "most_days": (integer("[0, 1000]"), None),
    },
}


def load(which: str | Path = DEFAULT) -> Assignment:
    """Load a shipped assignment by its name, or an instructor's own file by its path."""
    return read(text_of(which), str(which))


def text_of(which: str | Path) -> bytes:
    """Return the TOML of an assignment, as it stands in its file."""
    path = Path(which)
    if (shipped := SHIPPED / f"{which}.toml").is_file() and path.suffix != ".toml":
        path = shipped
    try:
        return path.read_bytes()
    except OSError as error:
        raise AssignmentError(missing(str(which), error)) from None


def missing(which: str, error: OSError) -> str:
    """Say that an assignment is not there, with the shipped ones and the nearest name."""
    names = sorted(p.stem for p in SHIPPED.glob("*.toml"))
    near = difflib.get_close_matches(which, names, n=1)
    guess = f" Did you mean {near[0]}?" if near else ""
    reason = error.strerror or "cannot be read"
    found = f"found {which!r}: {reason}.{guess}"
    return f"expected an assignment ({', '.join(names)}) or a TOML file, {found}"


def read(data: bytes, where: str) -> Assignment:
    """Read an assignment's TOML; `where` names the file in messages."""
    try:
        content = data.decode()
        document = tomllib.loads(content, parse_float=Decimal)
    except UnicodeDecodeError:
        raise AssignmentError(f"{where}: expected UTF-8 text, found other bytes") from None
    except tomllib.TOMLDecodeError as error:
        raise AssignmentError(f"{where}: expected TOML, found an error: {error}") from None
    found: dict[str, object] = {}
    for section in KEYS:
        found |= read_section(section, document, content, where)
    once, last = found["reached_once"], found["in_each_of_last_epochs"]
    if once == (last is not None):
        raise AssignmentError(
            f"{place(where, content, 'accuracy')}: expected either in_each_of_last_epochs or "
            "reached_once = true, found " + ("both" if once else "neither")
        )
    expect_worth(found, document, content, where)
    rules = msgspec.convert(
        {
            "name": found["name"],
            "title": found["title"] or found["name"],
            "fewer_parameters_than": found["fewer_parameters_than"],
            "dense_allowed": found["dense_layers"] == "allowed",
            "whole_map_allowed": found["whole_map_kernels"] == "allowed",
            "require": found["require"],
            "most_epochs": found["most_epochs"],
            "require_augmentation": found["require_augmentation"],
            "percent": str(found["percent"]),
            "last_epochs": 0 if once else last,
            "seconds": float(str(found["seconds"])),
            "memory_gigabytes": float(str(found["memory_gigabytes"])),
        },
        Assignment,
    )
    return replace(rules, sha256=hash_of(rules), marking=marking_of(found))


def hash_of(rules: Assignment) -> str:
    """Name the rules that decide a verdict: others have another hash, and another leaderboard."""
    # Of the rules, not of the file: a changed comment makes no other leaderboard.
    # Nor of how a class marks, which decides no verdict.
    deciding = {**rules.as_dict(), "title": "", "sha256": ""}
    del deciding["marking"]
    text = json.dumps(deciding, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def expect_worth(
    found: dict[str, object], document: dict[str, object], content: str, where: str
) -> None:
    """Refuse points that nobody could gain, and points without any for accuracy."""
    if "points" not in document:
        return
    at = place(where, content, "points")
    if not found["accuracy"]:
        raise AssignmentError(f"{at}: expected accuracy in [points], found none: {STEPS}")
    unchecked = {"no-dense": found["dense_layers"] == "allowed", "required": not found["require"]}
    for check, idle in unchecked.items():
        if idle and found[check]:
            at = place(where, content, check, "points")
            raise AssignmentError(
                f"{at}: expected no points for {check}, which is not checked here"
            )


def marking_of(found: dict[str, object]) -> Marking:
    """Make the marking of what was read."""
    return msgspec.convert(
        {
            "points": [(check, str(found[check])) for check in WORTH if found[check]],
            "steps": found["accuracy"],
            "due": found["due"].isoformat() if isinstance(found["due"], datetime) else "",
            "percent_per_day": str(found["percent_per_day"]),
            "most_percent": str(found["most_percent"]),
            "most_days": found["most_days"],
        },
        Marking,
    )


def read_section(
    section: str, document: dict[str, object], content: str, where: str
) -> dict[str, object]:
    """Read the keys of one section, each accepted by its validator or given its default."""
    keys = KEYS[section]
    table = document if section == "" else document.get(section, {})
    if not isinstance(table, dict):
        at = place(where, content, section)
        raise AssignmentError(f"{at}: expected [{section}] to be a table")
    for key in table:
        if key not in keys and not (section == "" and key in KEYS):
            near = difflib.get_close_matches(key, keys, n=1)
            guess = f"; did you mean {near[0]}?" if near else ""
            at = place(where, content, key, section)
            raise AssignmentError(f"{at}: expected one of {', '.join(keys)}, found {key!r}{guess}")
    found: dict[str, object] = {}
    for key, (accepts, default) in keys.items():
        if key not in table and default is REQUIRED:
            raise AssignmentError(
                f"{where}: expected {key} in [{section or 'the file'}], found none"
            )
        try:
            found[key] = accepts(table[key]) if key in table else default
        except Unfit as unfit:
            at = place(where, content, key, section)
            # All that was found, not the item of a list that did not fit.
            raise AssignmentError(
                f"{at}: {key}: expected {accepts.expected}, found {show(table[key])}"
            ) from unfit
    return found


def place(where: str, content: str, key: str, section: str = "") -> str:
    """Name the file and the line on which a key, or a section's heading, stands."""
    inside = section == ""
    for number, line in enumerate(content.splitlines(), start=1):
        if heading := re.match(r"\s*\[\s*([\w-]+)\s*\]", line):
            inside = heading[1] == section
            if section == "" and heading[1] == key:
                return f"{where}, line {number}"
        elif inside and re.match(rf"""\s*["']?{re.escape(key)}["']?\s*=""", line):
            return f"{where}, line {number}"
    return where
