"""What an operation may be given: hostile JSON becomes safe Python values, or Refused says why not.

Nothing else in the grader looks at raw arguments. The validators are those of course/validators.py;
here are the ones that only a network needs: references to tensors, shapes, axes, einsum equations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeGuard

from course.errors import SubmissionError
from course.validators import Unfit, Validator, either, integer, number, several, word


class Refused(SubmissionError):
    """A captured network is not sound: what was expected, and what was found."""


@dataclass(frozen=True)
class Value:
    """A reference to what an earlier node computed; 0 is the batch of images."""

    index: int


@dataclass(frozen=True)
class Stored:
    """A reference to a stored tensor by its name in the student's network."""

    name: str


Reference = Value | Stored
# All that an argument can be once a validator has accepted it.
Argument = Reference | bool | int | float | str | tuple["Argument", ...] | None
Rules = dict[str, Validator[Argument]]

# In a shape, the batch's own size, whatever it is when the network runs.
BATCH = "N"


def is_integer(raw: object) -> TypeGuard[int]:
    """Return whether this is a true integer, and not a boolean, which Python counts as one."""
    return type(raw) is int


def read_arguments(operation: str, rules: Rules, given: dict[str, object]) -> dict[str, Argument]:
    """Return an operation's arguments, each accepted by its validator, or raise Refused."""
    read: dict[str, Argument] = {}
    for name, accepts in rules.items():
        try:
            read[name] = accepts(given.get(name))
        except Unfit as unfit:
            raise Refused(f"{operation}'s {name}: {unfit}") from None
    return read


def pair(interval: str) -> Validator[tuple[int, ...]]:
    """Accept two whole numbers: height and width."""
    return several(integer(interval), [2])


def _tensor(raw: object) -> Reference:
    if isinstance(raw, Value | Stored):
        return raw
    if isinstance(raw, dict) and len(raw) == 1:
        [(kind, what)] = raw.items()
        if kind == "value" and is_integer(what) and 0 <= what < 10**6:
            return Value(what)
        if kind == "tensor" and type(what) is str:
            return Stored(what)
    raise Unfit("a tensor", raw)


tensor: Validator[Reference] = Validator("a tensor", _tensor)
tensor_or_number = either(number("[-1e6, 1e6]"), tensor)
tensors = several(tensor, range(1, 65))
axis = integer("[-6, 5]")
axes = several(axis, range(1, 7))

_SIDE = integer(f"[-1, {2**20}]")
sizes = several(_SIDE, range(1, 7))
_sizes_with_batch = several(either(word(BATCH), _SIDE), range(1, 7))


def _shape(raw: object) -> tuple[int | str, ...]:
    found = _sizes_with_batch(raw)
    if found[0] not in (BATCH, -1) or BATCH in found[1:] or found.count(-1) > 1:
        raise Unfit(shape.expected, raw)
    return found


# With at most one -1, which torch works out.
shape: Validator[tuple[int | str, ...]] = Validator(
    "a shape that keeps the batch first and alone", _shape
)


def _equation(raw: object) -> str:
    letters = set(" abcdefghijklmnopqrstuvwxyz,->")
    if type(raw) is not str or len(raw) > 40 or not set(raw) <= letters:
        raise Unfit(equation.expected, raw)
    return raw


equation: Validator[str] = Validator(
    "an einsum equation in small letters, such as 'nchw,oc->nohw'", _equation
)
