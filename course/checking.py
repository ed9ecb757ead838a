"""Checks that say what went wrong: expected, found, and where to look next.

    equal(conv_parameters(1, 32, 3), 320, "conv_parameters(1, 32, 3)", "does each kernel count?")
    with trying("standard_error(50, 100)", "p is a share"):
        close(standard_error(50, 100), 5.0, "50 of 100 right")

In a notebook a failed check is one sentence, not a traceback. A number may be Python's, numpy's or
torch's, and a row of numbers a list, a tuple, an array or a tensor. Beyond that types are compared
strictly: an object whose == always answers True equals nothing here.
"""

import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn

from course.errors import Under8kError

NUMPY_NUMBERS = frozenset(np.sctypeDict.values())
FEW = 10  # numbers that a sentence can list


class NotYet(AssertionError):
    """A check failed; the message says how."""

    def _render_traceback_(self) -> list[str]:  # IPython shows this in place of a traceback
        return [f"\x1b[31m✗\x1b[0m {line}" if not n else f"  {line}" for n, line in self._lines()]

    def _lines(self) -> list[tuple[int, str]]:
        return list(enumerate(str(self).splitlines()))


def expect(right: object, sentence: str) -> None:
    """Raise NotYet with the sentence unless `right` is true: Python's True, numpy's or torch's."""
    if plain(right) is not True:
        raise NotYet(sentence)


def equal(found: object, expected: object, about: str, hint: str = "") -> None:
    """Raise NotYet unless `found` has the kind and the value of `expected`."""
    if not isinstance(expected, Tensor):
        found, expected = plain(found), plain(expected)
    if type(found) is not type(expected):
        kinds = f"{type(expected).__name__}, found {type(found).__name__} ({_short(found)})"
        raise NotYet(_sentence(about, f"expected the type {kinds}", hint))
    if not _same(found, expected):
        raise NotYet(_sentence(about, f"expected {_short(expected)}, found {_short(found)}", hint))


def close(
    found: object,
    expected: float | Sequence[float] | Tensor,
    about: str,
    hint: str = "",
    tolerance: float = 1e-5,
) -> None:
    """Raise NotYet unless numbers have the kind, the shape and nearly the values expected."""
    if isinstance(expected, Tensor):
        if not isinstance(found, Tensor):
            equal(found, expected, about, hint)  # which raises: the types differ
    else:
        found, row = plain(found), not isinstance(expected, float | int)
        if not _numbers(found) or isinstance(found, list) is not row:
            kind = "a list of numbers" if row else "a number"
            raise NotYet(_sentence(about, f"expected {kind}, found {_short(found)}", hint))
    x, y = (torch.as_tensor(value).double().cpu() for value in (found, expected))
    if x.shape != y.shape:
        shapes = f"expected the shape {tuple(y.shape)}, found {tuple(x.shape)}"
        raise NotYet(_sentence(about, shapes, hint))
    wrong = ~torch.isclose(x, y, rtol=tolerance, atol=tolerance)
    if wrong.any():
        raise NotYet(_sentence(about, _apart(x, y, wrong), hint))


def one_of(found: object, *choices: str) -> None:
    """Raise NotYet unless a prediction is one of the choices, whichever it is."""
    if type(found) is not str or found not in choices:
        letters = ", ".join(f'"{choice}"' for choice in choices)
        raise NotYet(f"expected one of {letters}, found {_short(found)}")


def whole(found: object, least: int, most: int) -> None:
    """Raise NotYet unless a prediction is a whole number between two."""
    found = plain(found)
    if type(found) is not int or not least <= found <= most:
        raise NotYet(f"expected a whole number from {least:,} to {most:,}, found {_short(found)}")


@contextmanager
def trying(about: str, hint: str = "") -> Iterator[None]:
    """Turn an error that arises in an answer into a sentence: where, what, and where to look."""
    try:
        yield
    except NotYet:
        raise
    except Under8kError as error:  # already a sentence for a person
        raise NotYet(_sentence(about, str(error), hint)) from None
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if "site-packages" not in frame.filename]
        where = f" at `{own[-1].line}`" if own and own[-1].line else ""
        said = f"stopped{where} with {type(error).__name__}: {error}"
        raise NotYet(_sentence(about, said, hint)) from None


# ---- the same value, written in another way -----------------------------------------------------


def plain(value: object) -> object:
    """Return numbers of numpy and torch as Python's own, and rows of numbers as lists."""
    if type(value) in NUMPY_NUMBERS:
        return value.item()  # type: ignore[attr-defined]
    if type(value) in (Tensor, nn.Parameter, np.ndarray):
        return value.tolist()  # type: ignore[attr-defined]
    if type(value) in (list, tuple, range):
        return [plain(one) for one in value]  # type: ignore[attr-defined]
    return value


def _same(found: object, expected: object) -> bool:
    """Compare values type by type, so that nothing in a list can answer for itself."""
    if isinstance(found, Tensor) and isinstance(expected, Tensor):
        return found.shape == expected.shape and bool((found == expected).all())
    if type(found) is not type(expected):
        return False
    if isinstance(found, list) and isinstance(expected, list):
        pairs = zip(found, expected, strict=False)
        return len(found) == len(expected) and all(_same(a, b) for a, b in pairs)
    return found == expected


def _numbers(value: object) -> bool:
    row = value if isinstance(value, list) else [value]
    return all(type(one) in (int, float) for one in row)


def _apart(found: Tensor, expected: Tensor, wrong: Tensor) -> str:
    """Say how numbers differ: a few in full, of many the first that is wrong."""
    if found.numel() <= FEW:
        return f"expected {_rounded(expected.tolist())}, found {_rounded(found.tolist())}"
    place = wrong.nonzero()[0].tolist()
    here, there = (_rounded(x[tuple(place)].item()) for x in (expected, found))
    wide = f"wrong at {int(wrong.sum()):,} of {found.numel():,} places"
    return f"expected {here} at {place}, found {there}; {wide}"


def _rounded(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_rounded, value)) + "]"
    return f"{value:.7g}"


def _short(value: object) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) <= 120 else f"{text[:117]}…"


def _sentence(about: str, what: str, hint: str) -> str:
    return f"{about}: {what}" + (f"\nLook again: {hint}" if hint else "")
