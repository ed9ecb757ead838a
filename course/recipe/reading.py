"""Read a recipe that may hold anything; whatever does not fit is answered with a sentence.

    read_named("optimizer", {"name": "SGD", "lr": 0.1}, OPTIMIZERS)    # every default filled in

Two steps: `plain` copies any Python value into exact dicts, lists and scalars, or refuses it;
`read_named` compares a dict(name=…, arguments) with a table of what each argument accepts; ours are
in tables.py. Whatever the value is, the only exception is a RecipeError.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias, TypeGuard, TypeVar

from course.errors import SubmissionError
from course.validators import Unfit, Validator, show

T = TypeVar("T")

# What `plain` returns: a student's value, copied.
Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"
# An argument in its normal form, and a part of a recipe: {"name": "SGD", "lr": 0.1, …}
Setting: TypeAlias = "bool | int | float | str | tuple[Setting, ...] | Part | None"
Part: TypeAlias = "dict[str, Setting]"

_MOST_VALUES, _DEEPEST = 10_000, 8  # no honest recipe comes near either


class RecipeError(SubmissionError, ValueError):
    """What a recipe holds that it may not (`message`), and what to write instead (`hint`).

    `place` is the way to it: ("optimizer", "lr"), ("augment", "0", "degrees").
    """

    def __init__(self, message: str, hint: str, place: tuple[str, ...] = ()) -> None:
        super().__init__(message, hint, place)  # so that it can be pickled to another process
        self.message, self.hint, self.place = message, hint, place

    def __str__(self) -> str:
        return f"{self.message}; {self.hint}"


@contextmanager
def within(key: object) -> Iterator[None]:
    """Let an error about a part of a recipe say which part that is."""
    try:
        yield
    except RecipeError as error:
        raise RecipeError(error.message, error.hint, (str(key), *error.place)) from None


# ---- from any value to plain data ---------------------------------------------------------------


def plain(what: str, value: object) -> Plain:
    """Copy a value into exact dicts, lists, strings, numbers, True, False and None.

    A student's file may define a string whose == raises, or a list that holds itself. So classes
    are read with type(), contents with the built-in class's own methods, and both are counted.
    """
    left = _MOST_VALUES

    def refuse(expected: str, found: str) -> RecipeError:
        message = f"expected {what} to hold {expected}, found {found}"
        return RecipeError(message, "write plain numbers, names, lists and dicts")

    def copy(value: object, depth: int) -> Plain:
        nonlocal left
        left -= 1
        # The length before the contents: a list of a million entries is refused at no cost.
        if depth > _DEEPEST or left < _length(value):
            raise refuse(f"at most {_MOST_VALUES:,} values, {_DEEPEST} deep", "more")
        if _is_a(value, dict):
            copied: dict[str, Plain] = {}
            for key, entry in list(dict.items(value)):
                if not _is_a(key, str):
                    raise refuse("names as keys", f"a key of class {_class_name(key)}")
                copied[str.__str__(key)] = copy(entry, depth + 1)
            return copied
        if _is_a(value, list):
            return [copy(entry, depth + 1) for entry in list.__getitem__(value, slice(None))]
        if _is_a(value, tuple):
            return [copy(entry, depth + 1) for entry in tuple.__getitem__(value, slice(None))]
        if value is None or type(value) is bool:
            return value
        if _is_a(value, str):
            return str.__str__(value)
        if _is_a(value, float):  # numpy's float64 is one
            return float.__float__(value)
        if _is_a(value, int):
            if int.bit_length(value) > 63:  # float(10**400) would raise, and so would printing it
                raise refuse("numbers of a usual size", "one of more than 63 bits")
            return int.__index__(value)
        # torchvision's own way to write interpolation="bilinear". Looked up, not imported: a
        # value of that class cannot exist before its module does.
        functional = sys.modules.get("torchvision.transforms.functional")
        if type(value) is getattr(functional, "InterpolationMode", None) and _is_a(value, Enum):
            return copy(value.value, depth)
        raise refuse("plain data", f"an object of class {_class_name(value)}")

    return copy(value, 0)


def _is_a(value: object, kind: type[T]) -> TypeGuard[T]:
    # isinstance would also ask the value for its __class__, and so run a student's code.
    return issubclass(type(value), kind)


def _length(value: object) -> int:
    """Count the entries of a container, whatever its own __len__ would say."""
    if _is_a(value, dict):
        return dict.__len__(value)
    if _is_a(value, list):
        return list.__len__(value)
    return tuple.__len__(value) if _is_a(value, tuple) else 0


def _class_name(value: object) -> str:
    # type.__dict__: a metaclass can make the class's own __name__ raise.
    return show(str.__str__(type.__dict__["__name__"].__get__(type(value))))


# ---- reading against a table --------------------------------------------------------------------


class Required(Enum):
    """Marks an argument that must be given."""

    REQUIRED = "required"


REQUIRED: Final = Required.REQUIRED


@dataclass(frozen=True)
class Argument:
    """One argument: what it accepts, and its value where it is left out."""

    accepts: Validator[Setting]
    default: Setting | Required = REQUIRED


Table = dict[str, dict[str, Argument]]  # "SGD" → "lr" → what it accepts

_FUNCTION = "it takes a function, and a recipe is data"
_ENGINE = "it changes how a step is computed, not what it learns, so the grader chooses it"
_GIVEN = "images arrive as tensors and are standardised after the augmentation"
REFUSED = {  # what torch has and a recipe cannot have, with the reason
    "ReduceLROnPlateau": "it would read the test loss; every step's rate is fixed before training",
    "LambdaLR": _FUNCTION,
    "MultiplicativeLR": _FUNCTION,
    "scale_fn": _FUNCTION,
    "LBFGS": "it evaluates the loss several times per step, and here a step is one evaluation",
    "foreach": _ENGINE,
    "fused": _ENGINE,
    "capturable": _ENGINE,
    "differentiable": _ENGINE,
    "maximize": "the grader minimises the loss",
    "last_epoch": "a training starts at its beginning",
    "ToTensor": _GIVEN,
    "Normalize": _GIVEN,
    "Compose": "augment is itself a list of transforms",
}


def unknown(what: str, name: str, allowed: Iterable[str]) -> RecipeError:
    """Answer a name that is not allowed: why, or the nearest match, then all that are allowed."""
    lower = {name.lower(): name for name in allowed}  # "sgd" shares no letter with "SGD"
    hint = f"allowed: {', '.join(lower.values())}"
    message = f"expected {what}, found {show(name)}"
    if name in REFUSED:
        return RecipeError(f"{message}, which a recipe cannot have: {REFUSED[name]}", hint)
    near = difflib.get_close_matches(name[:60].lower(), lower, n=1)
    return RecipeError(message, f"did you mean {lower[near[0]]!r}? {hint}" if near else hint)


def read_value(what: str, value: object, argument: Argument) -> Setting:
    """Return one plain value in its normal form."""
    try:
        return argument.accepts(value)
    except Unfit:
        hint = f"its default is {argument.default!r}"
        if argument.default is REQUIRED:
            hint = "it has no default"
        elif argument.default is None:
            hint = "it may be left out"
        # The whole value, not the entry of a list that did not fit.
        message = f"expected {what} to be {argument.accepts.expected}, found {show(value)}"
        raise RecipeError(message, hint) from None


def read_named(what: str, value: object, table: Table) -> Part:
    """Return dict(name=…, arguments) as a table accepts it, with every default filled in.

    Filled in, so that a recipe keeps its meaning under a torch with other defaults, and so that
    writing a default out does not make another recipe of it.
    """
    if type(value) is not dict or type(value.get("name")) is not str:
        raise RecipeError(
            f"expected {what} to be a dict with a name, found {show(value)}",
            f"write dict(name={next(iter(table))!r}, …); allowed: {', '.join(table)}",
        )
    name: str = value["name"]
    if name not in table:
        with within("name"):
            raise unknown(f"the name of a known {what}", name, table)
    for key in value:
        if key != "name" and key not in table[name]:
            with within(key):
                raise unknown(f"an argument of {name}", key, table[name])
    result: Part = {"name": name}
    for key, argument in table[name].items():
        if key in value:
            with within(key):
                result[key] = read_value(f"{key} of {name}", value[key], argument)
        elif argument.default is REQUIRED:
            expected = argument.accepts.expected
            message = f"expected {name} to be given {key}, {expected}, found none"
            raise RecipeError(message, f"write dict(name={name!r}, {key}=…)")
        else:
            result[key] = argument.default
    return result


def read_list(
    what: str, value: object, entry: str, table: Table, least: int, most: int
) -> tuple[Part, ...]:
    """Return a list of named dicts, each as a table accepts it."""
    if type(value) is not list or not least <= len(value) <= most:
        raise RecipeError(
            f"expected {what} to be a list of {least} to {most} dicts, found {show(value)}",
            f"write {what}=[dict(name={next(iter(table))!r}, …)]; allowed: {', '.join(table)}",
        )
    found = []
    for place, one in enumerate(value):
        with within(place):
            found.append(read_named(entry, one, table))
    return tuple(found)


# ---- what has been read -------------------------------------------------------------------------


def name_of(part: Part) -> str:
    """Return the name of a part: "SGD"."""
    return str(part["name"])


def arguments_of(part: Part) -> Part:
    """Return a part without its name: {"lr": 0.1}."""
    return {key: value for key, value in part.items() if key != "name"}


def rest_of(optimizer: Part) -> Part | None:
    """Return the optimizer that Muon leaves the rest to; no other leaves anything."""
    rest = optimizer.get("rest")
    return rest if isinstance(rest, dict) else None


def rate_of(optimizer: Part) -> float:
    """Return the rate that an optimizer was given."""
    rate = optimizer["lr"]
    assert isinstance(rate, float)
    return rate


def entries_of(value: Setting) -> tuple[Setting, ...]:
    """Return the entries of a setting that its table accepts as a list only."""
    assert isinstance(value, tuple)
    return value
