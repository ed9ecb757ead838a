"""What an operation may be given: small rules that turn hostile JSON into safe Python values.

A rule is called with whatever the JSON held and returns the value to run with, or raises
`Refused` with a sentence. Nothing else in the grader looks at raw arguments.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard


class Refused(Exception):
    """A sentence that says what was expected and what was found."""


@dataclass(frozen=True)
class Value:
    """A reference to what an earlier node computed; 0 is the batch of images."""

    index: int


@dataclass(frozen=True)
class Stored:
    """A reference to a stored tensor by its name in the student's network."""

    name: str


Tensorlike = Value | Stored
Rule = Callable[[Any], Any]

# In a shape, the batch's own size, whatever it is when the network runs.
BATCH = "N"


def shown(raw: object) -> str:
    """Quote a found value, short enough for a sentence."""
    try:
        text = repr(raw)
    except Exception:  # a hostile object, a huge integer: its kind is enough
        text = type(raw).__name__
    return text if len(text) <= 60 else text[:57] + "…"


def is_integer(raw: object) -> TypeGuard[int]:
    """Tell a true integer from a boolean, which Python counts as one."""
    return isinstance(raw, int) and not isinstance(raw, bool)


def integer(low: int, high: int) -> Rule:
    """Accept a whole number between `low` and `high`."""

    def rule(raw: Any) -> int:
        if not is_integer(raw) or not low <= raw <= high:
            raise Refused(f"expected a whole number from {low} to {high}, found {shown(raw)}")
        return int(raw)

    return rule


def number(low: float = -1e6, high: float = 1e6) -> Rule:
    """Accept a finite number between `low` and `high`."""

    def rule(raw: Any) -> float:
        if not (is_integer(raw) or isinstance(raw, float)) or not low <= raw <= high:
            raise Refused(f"expected a number from {low:g} to {high:g}, found {shown(raw)}")
        if not math.isfinite(raw):
            raise Refused(f"expected a finite number, found {shown(raw)}")
        return float(raw)

    return rule


def flag(raw: Any) -> bool:
    """Accept True or False and nothing that merely behaves like them."""
    if not isinstance(raw, bool):
        raise Refused(f"expected true or false, found {shown(raw)}")
    return raw


def one_of(*choices: str) -> Rule:
    """Accept one of a few words."""

    def rule(raw: Any) -> str:
        if not isinstance(raw, str) or raw not in choices:
            raise Refused(f"expected one of {', '.join(choices)}, found {shown(raw)}")
        return raw

    return rule


def either(*rules: Rule) -> Rule:
    """Accept what any of the rules accepts; the last one's sentence explains a refusal."""

    def rule(raw: Any) -> Any:
        for candidate in rules[:-1]:
            try:
                return candidate(raw)
            except Refused:
                continue
        return rules[-1](raw)

    return rule


def nothing(raw: Any) -> None:
    """Accept only the absence of a value."""
    if raw is not None:
        raise Refused(f"expected nothing, found {shown(raw)}")


def optional(inner: Rule) -> Rule:
    """Accept the absence of a value, or what `inner` accepts."""
    return either(nothing, inner)


def several(inner: Rule, least: int, most: int) -> Rule:
    """Accept a list of `least` to `most` items, each of which `inner` accepts."""

    def rule(raw: Any) -> tuple[Any, ...]:
        if not isinstance(raw, list | tuple) or not least <= len(raw) <= most:
            found = f"{len(raw)} of them" if isinstance(raw, list | tuple) else shown(raw)
            raise Refused(f"expected a list of {least} to {most} values, found {found}")
        return tuple(inner(item) for item in raw)

    return rule


def pair(low: int, high: int) -> Rule:
    """Accept two whole numbers: height and width."""
    return several(integer(low, high), 2, 2)


def shape(raw: Any) -> tuple[int | str, ...]:
    """Accept a shape whose first entry is the batch (`N` or -1), with at most one -1."""
    sizes: Sequence[int | str] = several(either(one_of(BATCH), integer(-1, 2**20)), 1, 6)(raw)
    if sizes[0] not in (BATCH, -1) or BATCH in sizes[1:] or list(sizes).count(-1) > 1:
        raise Refused(
            f"expected a shape that keeps the batch first and alone, found {shown(list(sizes))}"
        )
    return tuple(sizes)


def tensor(raw: Any) -> Tensorlike:
    """Accept a reference to an earlier value or to a stored tensor."""
    if isinstance(raw, Value | Stored):
        return raw
    if isinstance(raw, dict) and len(raw) == 1:
        [(kind, what)] = raw.items()
        if kind == "value" and is_integer(what) and 0 <= what < 10**6:
            return Value(what)
        if kind == "tensor" and isinstance(what, str):
            return Stored(what)
    raise Refused(f"expected a tensor, found {shown(raw)}")


tensor_or_number = either(number(), tensor)
tensors = several(tensor, 1, 64)
axis = integer(-6, 5)
axes = several(axis, 1, 6)
