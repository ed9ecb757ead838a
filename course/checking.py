"""Checks that say what went wrong: expected, found, and where to look next.

    equal(conv_parameters(1, 32, 3), 320, "conv_parameters(1, 32, 3)", "does each kernel count?")

In a notebook a failed check is one sentence, not a traceback. Types are compared strictly: an
object whose == always answers True equals nothing here.
"""

import torch
from torch import Tensor


class NotYet(AssertionError):
    """A check failed; the message says how."""

    def _render_traceback_(self) -> list[str]:  # IPython shows this in place of a traceback
        return [f"\x1b[31m✗\x1b[0m {line}" if not n else f"  {line}" for n, line in self._lines()]

    def _lines(self) -> list[tuple[int, str]]:
        return list(enumerate(str(self).splitlines()))


def expect(right: bool, sentence: str) -> None:
    """Raise NotYet with the sentence unless `right` is True itself."""
    if right is not True:
        raise NotYet(sentence)


def equal(found: object, expected: object, about: str, hint: str = "") -> None:
    """Raise NotYet unless `found` has the type and the value of `expected`."""
    if type(found) is not type(expected):
        kinds = f"{type(expected).__name__}, found {type(found).__name__} ({_short(found)})"
        raise NotYet(_sentence(about, f"expected the type {kinds}", ""))
    if isinstance(found, Tensor) and isinstance(expected, Tensor):
        same: object = torch.equal(found, expected)
    else:
        same = found == expected
    if same is not True:
        raise NotYet(_sentence(about, f"expected {_short(expected)}, found {_short(found)}", hint))


def close(
    found: object, expected: float | Tensor, about: str, hint: str = "", tolerance: float = 1e-5
) -> None:
    """Raise NotYet unless a number or tensor has the type, shape and nearly the value expected."""
    if type(found) is not type(expected):
        equal(found, expected, about, hint)  # which raises: the types differ
    x, y = torch.as_tensor(found), torch.as_tensor(expected)
    if x.shape != y.shape:
        shapes = f"expected the shape {tuple(y.shape)}, found {tuple(x.shape)}"
        raise NotYet(_sentence(about, shapes, hint))
    if not torch.allclose(x.double(), y.double(), rtol=tolerance, atol=tolerance):
        raise NotYet(_sentence(about, f"expected {_short(expected)}, found {_short(found)}", hint))


def one_of(found: object, *choices: str) -> None:
    """Raise NotYet unless a prediction is one of the choices, whichever it is."""
    if type(found) is not str or found not in choices:
        letters = ", ".join(f'"{choice}"' for choice in choices)
        raise NotYet(f"expected one of {letters}, found {_short(found)}")


def _short(value: object) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) <= 120 else f"{text[:117]}…"


def _sentence(about: str, what: str, hint: str) -> str:
    return f"{about}: {what}" + (f"\nLook again: {hint}" if hint else "")
