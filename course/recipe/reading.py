"""Read hostile data against tables of arguments, and answer what does not fit with a sentence.

Three layers: `plain` copies any Python value into exact dicts, lists and scalars, or refuses it;
the kinds of argument (`number`, `choice`, …) put one plain value into its one normal form;
`read_named` checks a dict(name=…, arguments) against a table of them (arguments.py has ours).
Whatever the value, the only exception is a RecipeError.
"""

from __future__ import annotations

import difflib
import reprlib
import sys
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

_SHORT = reprlib.Repr()
_SHORT.maxlevel, _SHORT.maxstring, _SHORT.maxlist, _SHORT.maxdict = 2, 40, 4, 4
_MOST_VALUES, _DEEPEST = 10_000, 8  # no honest recipe comes near either


class RecipeError(ValueError):
    """Say what a recipe holds that it may not (`message`), and what to write instead (`hint`)."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message, hint)  # both, so that the error can be pickled to another process
        self.message, self.hint = message, hint

    def __str__(self) -> str:
        return f"{self.message}; {self.hint}"


# ---- from any value to plain data -------------------------------------------------------------


def plain(what: str, value: object) -> Any:
    """Copy a value into exact dicts, lists, strings, numbers, True, False and None.

    A student's file may define a string whose == raises, or a list that holds itself. So classes
    are read with type(), contents with the built-in class's own methods, and both are counted.
    """
    left = _MOST_VALUES
    usual = "write plain numbers, names, lists and dicts"

    def refuse(expected: str, found: str) -> RecipeError:
        return RecipeError(f"expected {what} to hold {expected}, found {found}", usual)

    def copy(value: Any, depth: int) -> Any:
        nonlocal left
        kind: type = type(value)
        base: Any = next((one for one in (dict, list, tuple) if issubclass(kind, one)), None)
        left -= 1
        # The length before the contents: a list of a million entries is refused at no cost.
        if depth > _DEEPEST or left < (base.__len__(value) if base else 0):
            raise refuse(f"at most {_MOST_VALUES:,} values, {_DEEPEST} deep", "more")
        if base is dict:
            result = {}
            for key, entry in list(dict.items(value)):
                if not issubclass(type(key), str):
                    raise refuse("names as keys", f"a key of class {_class_name(key)}")
                result[str.__str__(key)] = copy(entry, depth + 1)
            return result
        if base:
            return [copy(entry, depth + 1) for entry in base.__getitem__(value, slice(None))]
        if value is None or kind is bool:
            return value
        if issubclass(kind, str):
            return str.__str__(value)
        if issubclass(kind, float):  # numpy's float64 is one
            return float.__float__(value)
        if issubclass(kind, int):
            if int.bit_length(value) > 63:  # float(10**400) would raise, and so would printing it
                raise refuse("numbers of a usual size", "one of more than 63 bits")
            return int.__index__(value)
        # torchvision's own way to write interpolation="bilinear". Looked up, not imported: a
        # value of that class cannot exist before its module does.
        functional = sys.modules.get("torchvision.transforms.functional")
        if kind is getattr(functional, "InterpolationMode", None):
            return copy(value.value, depth)
        raise refuse("plain data", f"an object of class {_class_name(value)}")

    return copy(value, 0)


def _class_name(value: object) -> str:
    # type.__dict__: a metaclass can make the class's own __name__ raise.
    return show(str.__str__(type.__dict__["__name__"].__get__(type(value))))


def show(value: object) -> str:
    """Write a plain value for a message, however large it is."""
    return _SHORT.repr(value)


# ---- the kinds of argument: they see plain data only --------------------------------------------


class Unfit(Exception):
    """Tell that a value is not what an argument accepts."""


REQUIRED = object()  # the default of an argument that has none


class Argument(NamedTuple):
    """What one argument accepts: in words, and as the function that puts a value in normal form."""

    expected: str
    fit: Callable[[Any], Any]  # raises Unfit
    default: Any = REQUIRED


Table = dict[str, dict[str, Argument]]


def _inside(value: float, interval: str) -> bool:
    low, high = (float(end) for end in interval[1:-1].split(","))
    above = low < value if interval[0] == "(" else low <= value
    return above and (value < high if interval[-1] == ")" else value <= high)


def number(interval: str, default: Any = REQUIRED) -> Argument:
    """Accept a number in an interval written as in mathematics: "(0, 1]" is without 0, with 1."""

    def fit(value: Any) -> float:
        # type(), not isinstance: to Python True is an int, but it is no learning rate.
        # NaN compares false with everything, so it is inside no interval.
        if type(value) not in (int, float) or not _inside(value, interval):
            raise Unfit
        return float(value) + 0.0  # + 0.0 turns -0.0 into 0.0: equal recipes are equal as JSON

    return Argument(f"a number in {interval}", fit, default)


def integer(interval: str, default: Any = REQUIRED) -> Argument:
    """Accept a whole number in an interval."""

    def fit(value: Any) -> Any:
        if type(value) is not int or not _inside(value, interval):
            raise Unfit
        return value

    return Argument(f"a whole number in {interval}", fit, default)


def choice(*values: str | bool | int, default: Any = REQUIRED) -> Argument:
    """Accept one of a few values."""

    def fit(value: Any) -> Any:
        # The types as well, for 1 == True.
        if not any(type(value) is type(allowed) and value == allowed for allowed in values):
            raise Unfit
        return value

    return Argument(" or ".join(map(repr, values)), fit, default)


def flag(default: Any = REQUIRED) -> Argument:
    """Accept True or False."""
    return choice(True, False, default=default)


def several(
    item: Argument, *counts: int, rising: bool = False, default: Any = REQUIRED
) -> Argument:
    """Accept a list or tuple of so many values, kept as a tuple; `rising`: none below the last."""

    def fit(value: Any) -> Any:
        if type(value) is not list or len(value) not in counts:
            raise Unfit
        items = [item.fit(entry) for entry in value]
        if rising and items != sorted(items):
            raise Unfit
        return tuple(items)

    many = f"{counts[0]} to {counts[-1]}" if len(counts) > 3 else " or ".join(map(str, counts))
    order = ", the lower first" if rising else ""
    return Argument(f"{many} values, each {item.expected}{order}", fit, default)


def either(*arguments: Argument, default: Any = REQUIRED) -> Argument:
    """Accept what any one of these accepts."""

    def fit(value: Any) -> Any:
        for argument in arguments:
            try:
                return argument.fit(value)
            except Unfit:
                continue
        raise Unfit

    return Argument(", or ".join(argument.expected for argument in arguments), fit, default)


def optional(argument: Argument, default: Any = None) -> Argument:
    """Accept None as well, torch's usual way to say "not given"."""
    return either(argument, Argument("None", _only_none), default=default)


def _only_none(value: Any) -> None:
    if value is not None:
        raise Unfit


def form(argument: Argument, become: Callable[[Any], Any], default: Any = REQUIRED) -> Argument:
    """Accept what `argument` accepts, in one form: what means the same is the same recipe."""
    return Argument(argument.expected, lambda value: become(argument.fit(value)), default)


# ---- reading against a table --------------------------------------------------------------------

_FUNCTION = "it takes a function, and a recipe is data"
_ENGINE = "it changes how a step is computed, not what it learns, so the grader chooses it"
_GIVEN = "images arrive as tensors and are standardised after the augmentation"
REFUSED = {  # what torch has and a recipe cannot, with the reason
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
    """Answer a name that is not allowed: the reason or the nearest match, then all that are."""
    lower = {name.lower(): name for name in allowed}  # "sgd" shares no letter with "SGD"
    hint = f"allowed: {', '.join(lower.values())}"
    message = f"expected {what}, found {show(name)}"
    if name in REFUSED:
        return RecipeError(f"{message}, which a recipe cannot have: {REFUSED[name]}", hint)
    near = difflib.get_close_matches(name[:60].lower(), lower, n=1)
    return RecipeError(message, f"did you mean {lower[near[0]]!r}? {hint}" if near else hint)


def read_value(what: str, value: Any, argument: Argument) -> Any:
    """Return one plain value in its normal form."""
    try:
        return argument.fit(value)
    except Unfit:
        has_default = argument.default is not REQUIRED and argument.default is not None
        hint = f"its default is {argument.default!r}" if has_default else "it has no default"
        message = f"expected {what} to be {argument.expected}, found {show(value)}"
        raise RecipeError(message, hint) from None


def read_named(what: str, value: Any, table: Table) -> dict[str, Any]:
    """Return dict(name=…, arguments) checked against a table, with every default filled in.

    Filled in, so that a recipe keeps its meaning under a torch with other defaults, and so that
    writing a default out does not make another recipe of it.
    """
    if type(value) is not dict or type(value.get("name")) is not str:
        raise RecipeError(
            f"expected {what} to be a dict with a name, found {show(value)}",
            f"write dict(name={next(iter(table))!r}, …); allowed: {', '.join(table)}",
        )
    name = value["name"]
    if name not in table:
        raise unknown(f"the name of a known {what}", name, table)
    for key in value:
        if key != "name" and key not in table[name]:
            raise unknown(f"an argument of {name}", key, table[name])
    result = {"name": name}
    for key, argument in table[name].items():
        if key in value:
            result[key] = read_value(f"{key} of {name}", value[key], argument)
        elif argument.default is REQUIRED:
            message = f"expected {name} to be given {key}, {argument.expected}, found none"
            raise RecipeError(message, f"write dict(name={name!r}, {key}=…)")
        else:
            result[key] = argument.default
    return result


def read_list(
    what: str, value: Any, entry: str, table: Table, least: int, most: int
) -> tuple[dict[str, Any], ...]:
    """Return a list of named dicts, each checked against a table."""
    if type(value) is not list or not least <= len(value) <= most:
        raise RecipeError(
            f"expected {what} to be a list of {least} to {most} dicts, found {show(value)}",
            f"write {what}=[dict(name={next(iter(table))!r}, …)]; allowed: {', '.join(table)}",
        )
    return tuple(read_named(entry, one, table) for one in value)
