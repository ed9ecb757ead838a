"""The rules of one assignment, read from a TOML file; a wrong file is answered by line."""

import difflib
import hashlib
import json
import math
import re
import tomllib
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).parent / "assignments"
DEFAULT = "under-8k"
REQUIRABLE = ("batch_norm", "dropout", "global_pooling")


class AssignmentError(Exception):
    """A sentence about a wrong assignment: its file, its line, what was expected and found."""


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
    sha256: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the rules as plain JSON."""
        return {**asdict(self), "require": list(self.require)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Assignment":
        """Rebuild the rules from `as_dict`."""
        return cls(**{**data, "require": tuple(data["require"])})

    def needed(self, images: int) -> int:
        """Return how many of so many test images must be read right."""
        return math.ceil(Decimal(self.percent) * images / 100)

    def describe(self) -> str:
        """State the rules in one line."""
        dense = "" if self.dense_allowed else ", no fully connected layer"
        where = (
            f"each of the last {self.last_epochs} epochs"
            if self.last_epochs
            else "at least one epoch"
        )
        return (
            f"fewer than {self.fewer_parameters_than:,} parameters{dense}, at most "
            f"{self.most_epochs} epochs, {self.percent}% in {where}"
        )


# What may stand in the file: section and key, what is accepted, and the default if it may be left
# out. The words are the error message's.
Accept = Callable[[Any], Any]
REQUIRED: Any = object()


def accept(test: Callable[[Any], bool], words: str) -> Accept:
    """Accept a value that passes a test, or complain in the given words."""

    def check(value: Any) -> Any:
        if not test(value):
            raise ValueError(f"expected {words}")
        return value

    return check


def whole(low: int, high: int) -> Accept:
    """Accept a whole number in a range."""
    words = f"a whole number from {low:,} to {high:,}"
    return accept(lambda v: type(v) is int and low <= v <= high, words)


def positive(most: int) -> Accept:
    """Accept a number above zero."""

    def test(value: Any) -> bool:
        finite = type(value) is int or (type(value) is Decimal and value.is_finite())
        return finite and 0 < value <= most

    return accept(test, f"a number above 0, at most {most:,}")


def word(*choices: str) -> Accept:
    """Accept one of some words."""
    return accept(
        lambda v: v in choices and type(v) is str, f"one of {', '.join(map(repr, choices))}"
    )


text = accept(lambda v: type(v) is str and 0 < len(v) <= 80 and v.isprintable(), "a short text")
flag = accept(lambda v: type(v) is bool, "true or false")
KEYS: dict[str, dict[str, tuple[Accept, Any]]] = {
    "": {
        "name": (
            accept(
                lambda v: type(v) is str and bool(re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", v)),
                "small letters, digits and dashes, such as 'under-8k'",
            ),
            REQUIRED,
        ),
        "title": (text, None),
    },
    "network": {
        "fewer_parameters_than": (whole(1, 100_000_000), REQUIRED),
        "dense_layers": (word("refused", "allowed"), "refused"),
        "whole_map_kernels": (word("refused", "allowed"), "allowed"),
        "require": (
            accept(
                lambda v: type(v) is list and all(i in REQUIRABLE for i in v),
                f"a list of any of {', '.join(REQUIRABLE)}",
            ),
            [],
        ),
    },
    "recipe": {"most_epochs": (whole(1, 1_000), REQUIRED), "require_augmentation": (flag, False)},
    "accuracy": {
        "percent": (positive(100), REQUIRED),
        "in_each_of_last_epochs": (whole(1, 1_000), None),
        "reached_once": (flag, False),
    },
    "limits": {"seconds": (positive(10**6), 3_600), "memory_gigabytes": (positive(1_000), 4)},
}


def load(which: str | Path = DEFAULT) -> Assignment:
    """Load a shipped assignment by its name, or an instructor's own file by its path."""
    path = Path(which)
    if (shipped := SHIPPED / f"{which}.toml").is_file() and path.suffix != ".toml":
        path = shipped
    try:
        data = path.read_bytes()
    except OSError as error:
        raise AssignmentError(missing(str(which), error)) from None
    return read(data, str(which))


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
    values: dict[str, Any] = {}
    for section, keys in KEYS.items():
        table = document if section == "" else document.get(section, {})
        if not isinstance(table, dict):
            raise AssignmentError(
                f"{place(where, content, section)}: expected [{section}] to be a table"
            )
        for key in table:
            if key not in keys and not (section == "" and key in KEYS):
                near = difflib.get_close_matches(key, keys, n=1)
                guess = f"; did you mean {near[0]}?" if near else ""
                at = place(where, content, key, section)
                raise AssignmentError(
                    f"{at}: expected one of {', '.join(keys)}, found {key!r}{guess}"
                )
        for key, (check, default) in keys.items():
            values[key] = default
            if key not in table and default is REQUIRED:
                raise AssignmentError(
                    f"{where}: expected {key} in [{section or 'the file'}], found none"
                )
            if key in table:
                try:
                    values[key] = check(table[key])
                except ValueError as error:
                    at = place(where, content, key, section)
                    raise AssignmentError(
                        f"{at}: {key}: {error}, found {shown(table[key])}"
                    ) from None
    if values["reached_once"] == (values["in_each_of_last_epochs"] is not None):
        raise AssignmentError(
            f"{place(where, content, 'accuracy')}: expected either in_each_of_last_epochs or "
            "reached_once = true, found " + ("both" if values["reached_once"] else "neither")
        )
    rules = Assignment(
        name=values["name"],
        title=values["title"] or values["name"],
        fewer_parameters_than=values["fewer_parameters_than"],
        dense_allowed=values["dense_layers"] == "allowed",
        whole_map_allowed=values["whole_map_kernels"] == "allowed",
        require=tuple(values["require"]),
        most_epochs=values["most_epochs"],
        require_augmentation=values["require_augmentation"],
        percent=str(values["percent"]),
        last_epochs=0 if values["reached_once"] else values["in_each_of_last_epochs"],
        seconds=float(values["seconds"]),
        memory_gigabytes=float(values["memory_gigabytes"]),
    )
    # Of the rules, not of the file: a changed comment makes no other leaderboard.
    text = json.dumps({**rules.as_dict(), "title": ""}, sort_keys=True)
    return replace(rules, sha256=hashlib.sha256(text.encode()).hexdigest())


def shown(value: Any) -> str:
    """Quote a value of the file, briefly."""
    quoted = str(value) if isinstance(value, Decimal) else repr(value)
    return quoted if len(quoted) < 60 else quoted[:57] + "…"


def place(where: str, content: str, key: str, section: str = "") -> str:
    """Name the file and the line on which a key, or a section's heading, stands."""
    inside = section == ""
    for number, line in enumerate(content.splitlines(), start=1):
        if heading := re.match(r"\s*\[\s*([\w-]+)\s*\]", line):
            inside = heading[1] == section
            if heading[1] == key:
                return f"{where}, line {number}"
        elif inside and re.match(rf"""\s*["']?{re.escape(key)}["']?\s*=""", line):
            return f"{where}, line {number}"
    return where
