"""What an instructor may set: class.toml, every key of which may be left out.

title = "Deep Learning 1"
address = "https://class.example"      # as students see it; behind a proxy it is another one
board = "class"                        # or "public": who may look
roster = "class.csv"

[[assignments]]
rules = "under-8k"                     # or a TOML file beside this one
seeds = 3
tries_per_day = 5
until = 2026-12-01T23:59:00+01:00
"""

import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from autograder.assignment import DEFAULT, Assignment, load, place
from course.errors import UsageError
from course.validators import Unfit, Validator, accept, integer, moment, show, word


@dataclass(frozen=True)
class Offer:
    """One assignment of the class."""

    rules: Assignment
    seeds: int = 1
    data: str = "mnist"
    tries_per_day: int = 10
    until: datetime | None = None


@dataclass(frozen=True)
class ClassSettings:
    """How a class server runs."""

    title: str = "Under 8k"
    address: str = ""
    board: str = "public"
    database: str = ""
    roster: Path | None = None
    workers: int = 0
    cluster: str = ""
    most_streams: int = 4_000
    assignments: tuple[Offer, ...] = field(default_factory=lambda: (Offer(load(DEFAULT)),))

    def offer(self, name: str) -> Offer | None:
        """Return the assignment of this name."""
        return next((offer for offer in self.assignments if offer.rules.name == name), None)


def text(expected: str, longest: int = 200) -> Validator[object]:
    """Accept a short text."""
    return accept(
        expected, lambda v: type(v) is str and 0 < len(v) <= longest and str(v).isprintable()
    )


KEYS: dict[str, Validator[object]] = {
    "title": text("a short text", 60),
    "address": accept(
        "an address such as https://class.example, without a path",
        lambda v: type(v) is str and v.startswith(("http://", "https://")) and v.count("/") == 2,
    ),
    "board": word("public", "class"),
    "database": text("a URL such as postgresql://user@host/class"),
    "roster": text("a CSV file"),
    "workers": integer("[0, 1024]"),
    "cluster": text("a Dask scheduler's address: tcp://host:8786"),
    "most_streams": integer("[1, 1_000_000]"),
    "assignments": accept(
        "tables, each headed [[assignments]]",
        lambda v: type(v) is list and len(v) > 0 and all(type(one) is dict for one in v),
    ),
}
OFFER_KEYS: dict[str, Validator[object]] = {
    "rules": text("an assignment or a TOML file"),
    "seeds": integer("[1, 100]"),
    "data": word("mnist", "practice"),
    "tries_per_day": integer("[1, 10_000]"),
    "until": moment,
}


def load_settings(path: Path | None) -> ClassSettings:
    """Read the settings of a class, or those of a server that nobody has told anything."""
    if path is None:
        return ClassSettings(database=os.environ.get("AUTOGRADE_DATABASE", ""))
    try:
        content = path.read_text("utf-8")
        document = tomllib.loads(content)
    except OSError as error:
        why = (error.strerror or "it cannot be read").lower()
        raise UsageError(f"expected a class's settings in {path}, found: {why}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: expected UTF-8 text, found other bytes") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: expected TOML, found an error: {error}") from None
    where = Where(path, content)
    found = where.read(document, KEYS)
    offers = found.pop("assignments", [])
    assert isinstance(offers, list)
    found["assignments"] = tuple(offer_of(one, where) for one in offers) or (Offer(load(DEFAULT)),)
    if "roster" in found:
        found["roster"] = path.parent / str(found["roster"])
    found.setdefault("database", os.environ.get("AUTOGRADE_DATABASE", ""))
    settings = ClassSettings(**found)  # type: ignore[arg-type]  # KEYS has looked at each of them
    names = [offer.rules.name for offer in settings.assignments]
    if twice := [name for name in names if names.count(name) > 1]:
        at = place(str(path), content, "rules")
        raise UsageError(f"{at}: expected each assignment once, found {twice[0]} twice")
    return settings


@dataclass(frozen=True)
class Where:
    """The file that is read, for sentences about it."""

    path: Path
    content: str

    def read(
        self, table: Mapping[str, object], keys: Mapping[str, Validator[object]]
    ) -> dict[str, object]:
        """Read the keys of a table, each accepted by its validator."""
        found: dict[str, object] = {}
        for key, value in table.items():
            at = place(str(self.path), self.content, key)
            if key not in keys:
                near = difflib.get_close_matches(key, keys, n=1)
                guess = f"; did you mean {near[0]}?" if near else ""
                expected = f"expected one of {', '.join(keys)}"
                raise UsageError(f"{at}: {expected}, found {key!r}{guess}")
            try:
                found[key] = keys[key](value)
            except Unfit:
                expected = f"expected {keys[key].expected}"
                raise UsageError(f"{at}: {key}: {expected}, found {show(value)}") from None
        return found


def offer_of(table: dict[str, object], where: Where) -> Offer:
    """Read one assignment of the class."""
    found = where.read(table, OFFER_KEYS)
    rules = str(found.pop("rules", DEFAULT))
    # A file beside the settings, wherever the server is started.
    named = where.path.parent / rules if rules.endswith(".toml") else rules
    return Offer(load(named), **found)  # type: ignore[arg-type]  # OFFER_KEYS has looked
