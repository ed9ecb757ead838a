"""Small validators for data that somebody else wrote: a recipe, an assignment, a captured network.

    rate = number("(0, 100]")
    rate(0.1)          # 0.1
    rate("fast")       # Unfit: expected a number above 0 and at most 100, found 'fast'

Each returns the value in its normal form, the one spelling of it (a list as a tuple, an int as a
float), or raises Unfit. Built-in classes are compared with type(), never with isinstance: to Python
True is an integer, but it is no number of epochs. What they are given is plain data (numbers, text,
lists, None), so no code of a stranger runs here.
"""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Generic, TypeVar

T = TypeVar("T")
S = TypeVar("S")
Accepted = TypeVar("Accepted", covariant=True)

LONGEST = 60  # characters of a value in a sentence
MOST_SHOWN = 8  # entries of a list that a reader still counts at a glance


class _Repr(reprlib.Repr):
    """A value as it was written, not as Python would make it."""

    def repr_Decimal(self, value: Decimal, level: int) -> str:  # noqa: N802  reprlib's own naming
        return str(value)

    def repr_datetime(self, value: datetime, level: int) -> str:
        return value.isoformat()


_SHORT = _Repr()
_SHORT.maxlevel, _SHORT.maxstring, _SHORT.maxlist, _SHORT.maxdict = 2, 40, 4, 4


class Unfit(ValueError):
    """What was expected, and the value that was found instead."""

    def __init__(self, expected: str, found: object) -> None:
        super().__init__(expected, found)
        self.expected, self.found = expected, found

    def __str__(self) -> str:
        return f"expected {self.expected}, found {show(self.found)}"


@dataclass(frozen=True)
class Validator(Generic[Accepted]):
    """What is accepted: in words, and as the function that returns it in its normal form."""

    expected: str  # completes the sentence "expected …"
    fit: Callable[[object], Accepted]  # raises Unfit

    def __call__(self, value: object) -> Accepted:
        """Return the value in its normal form, or raise Unfit."""
        return self.fit(value)


def show(value: object) -> str:
    """Quote a value for a sentence, however large it is."""
    if type(value) in (list, tuple) and len(value) > MOST_SHOWN:  # type: ignore[arg-type]
        return f"a list of {len(value)} values"  # type: ignore[arg-type]
    try:
        text = _SHORT.repr(value)
    except Exception:  # an integer too long to be printed, say: its kind is enough
        text = type(value).__name__
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "…"


def accept(expected: str, test: Callable[[object], bool]) -> Validator[object]:
    """Accept what passes a test, as it is."""

    def fit(value: object) -> object:
        if not test(value):
            raise Unfit(expected, value)
        return value

    return Validator(expected, fit)


moment = accept(
    "a moment with its zone, such as 2026-12-01T23:59:00+01:00",
    lambda v: isinstance(v, datetime) and v.tzinfo is not None,
)


# ---- numbers ------------------------------------------------------------------------------------


def number(interval: str) -> Validator[float]:
    """Accept a number in an interval written as in mathematics: "(0, 1]" is without 0, with 1."""
    expected = f"a number {_in_words(interval)}"

    def fit(value: object) -> float:
        # NaN compares false with everything, so it is inside no interval.
        if (type(value) is int or type(value) is float) and _inside(value, interval):
            return float(value) + 0.0  # turns -0.0 into 0.0: equal numbers are written alike
        raise Unfit(expected, value)

    return Validator(expected, fit)


def exact(interval: str) -> Validator[Decimal]:
    """Accept a number as it was written: a binary fraction cannot hold 99.40."""
    expected = f"a number {_in_words(interval)}"

    def fit(value: object) -> Decimal:
        if type(value) is int:
            value = Decimal(value)
        if type(value) is not Decimal or not value.is_finite() or not _inside(value, interval):
            raise Unfit(expected, value)
        return value

    return Validator(expected, fit)


def integer(interval: str) -> Validator[int]:
    """Accept a whole number in an interval."""
    expected = f"a whole number {_in_words(interval)}"

    def fit(value: object) -> int:
        if type(value) is not int or not _inside(value, interval):
            raise Unfit(expected, value)
        return value

    return Validator(expected, fit)


def _ends(interval: str) -> tuple[float, float]:
    low, high = interval[1:-1].split(",")
    return float(low), float(high)


def _inside(value: float | Decimal, interval: str) -> bool:
    low, high = _ends(interval)
    above = low < value if interval[0] == "(" else low <= value
    return above and (value < high if interval[-1] == ")" else value <= high)


def _in_words(interval: str) -> str:
    """Say "[0, 1)" as a sentence would: "of at least 0 and below 1"."""
    low, high = (f"{end:,.15g}" for end in _ends(interval))
    if interval[0] == "[" and interval[-1] == "]":
        return f"from {low} to {high}"
    above = "above" if interval[0] == "(" else "of at least"
    below = "below" if interval[-1] == ")" else "at most"
    return f"{above} {low} and {below} {high}"


# ---- words and lists ----------------------------------------------------------------------------


def choice(*values: str | bool | int) -> Validator[str | bool | int]:
    """Accept one of a few values of any kind."""
    expected = " or ".join(map(repr, values))

    def fit(value: object) -> str | bool | int:
        for allowed in values:  # the types as well, since 1 == True
            if type(value) is type(allowed) and value == allowed:
                return allowed
        raise Unfit(expected, value)

    return Validator(expected, fit)


def word(*values: str) -> Validator[str]:
    """Accept one of a few words, all of them text: what comes out is known to be text."""
    expected = f"one of {', '.join(map(repr, values))}"

    def fit(value: object) -> str:
        if type(value) is not str or value not in values:
            raise Unfit(expected, value)
        return value

    return Validator(expected, fit)


def _flag(value: object) -> bool:
    if type(value) is not bool:
        raise Unfit("True or False", value)
    return value


flag: Validator[bool] = Validator("True or False", _flag)


def _nothing(value: object) -> None:
    if value is not None:
        raise Unfit("None", value)


nothing: Validator[None] = Validator("None", _nothing)


def several(
    item: Validator[T], counts: Sequence[int], *, rising: bool = False
) -> Validator[tuple[T, ...]]:
    """Accept a list of `counts` values, kept as a tuple; `rising`: none below the one before.

    several(number("[0, 1)"), [2]) expects "2 values, each a number of at least 0 and below 1".
    """
    *but_last, last = map(str, counts)
    many = f"{', '.join(but_last)} or {last}" if but_last else last
    many = f"{counts[0]} to {last}" if len(counts) > 3 else many
    one = "value," if list(counts) == [1] else "values, each"
    order = ", the lower first" if rising else ""
    expected = f"{many} {one} {item.expected}{order}"

    def fit(value: object) -> tuple[T, ...]:
        if (type(value) is not list and type(value) is not tuple) or len(value) not in counts:
            raise Unfit(expected, value)
        items = tuple(item(entry) for entry in value)
        # Whoever asks for rising values asks for numbers.
        if rising and list(items) != sorted(items):  # type: ignore[type-var]
            raise Unfit(expected, value)
        return items

    return Validator(expected, fit)


def either(first: Validator[T], second: Validator[S], *others: Validator[S]) -> Validator[T | S]:
    """Accept what any one of these accepts."""
    validators: list[Validator[T] | Validator[S]] = [first, second, *others]
    expected = ", or ".join(one.expected for one in validators)

    def fit(value: object) -> T | S:
        for one in validators:
            try:
                return one(value)
            except Unfit:
                continue
        raise Unfit(expected, value)

    return Validator(expected, fit)


def optional(validator: Validator[T]) -> Validator[T | None]:
    """Accept None as well, torch's usual way to say "not given"."""
    return either(validator, nothing)


def converted(validator: Validator[T], become: Callable[[T], S]) -> Validator[S]:
    """Accept the same, then convert it, so that two spellings of one value compare equal."""
    return Validator(validator.expected, lambda value: become(validator(value)))


def counted(number: int, noun: str) -> str:
    """Say how many there are of something: "1 epoch", "60,000 images"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
