"""Checks that say what went wrong: expected, found, and where to look next.

    equal(conv_parameters(1, 32, 3), 320, "conv_parameters(1, 32, 3)", "does each kernel count?")

In a notebook a failed check is one sentence, not a traceback. Types are compared strictly: an
object that claims to equal everything equals nothing here.
"""

from typing import Any

import torch
from torch import Tensor


class NotYet(AssertionError):
    """What a check says when it fails."""

    def _render_traceback_(self) -> list[str]:  # IPython shows this in place of a traceback
        return [f"\x1b[31m✗\x1b[0m {line}" if not n else f"  {line}" for n, line in self._lines()]

    def _lines(self) -> list[tuple[int, str]]:
        return list(enumerate(str(self).splitlines()))


def expect(right: bool, sentence: str) -> None:
    """Stop with the sentence unless `right` is True itself."""
    if right is not True:
        raise NotYet(sentence)


def equal(found: Any, expected: Any, about: str, hint: str = "") -> None:
    """Stop unless `found` has the type and the value of `expected`."""
    if type(found) is not type(expected):
        kinds = f"{type(expected).__name__}, found {type(found).__name__} ({_short(found)})"
        raise NotYet(_sentence(about, f"expected the type {kinds}", ""))
    same = torch.equal(found, expected) if isinstance(found, Tensor) else found == expected
    if same is not True:
        raise NotYet(_sentence(about, f"expected {_short(expected)}, found {_short(found)}", hint))


def close(found: Any, expected: Any, about: str, hint: str = "", tolerance: float = 1e-5) -> None:
    """Stop unless a number or tensor has the type, the shape and nearly the value of `expected`."""
    if type(found) is not type(expected):
        equal(found, expected, about, hint)
    x, y = torch.as_tensor(found), torch.as_tensor(expected)
    if x.shape != y.shape:
        shapes = f"expected the shape {tuple(y.shape)}, found {tuple(x.shape)}"
        raise NotYet(_sentence(about, shapes, hint))
    if not torch.allclose(x.double(), y.double(), rtol=tolerance, atol=tolerance):
        raise NotYet(_sentence(about, f"expected {_short(expected)}, found {_short(found)}", hint))


def one_of(found: Any, *choices: str) -> None:
    """Stop unless a prediction is one of the choices; any of them will do."""
    if type(found) is not str or found not in choices:
        letters = ", ".join(f'"{choice}"' for choice in choices)
        raise NotYet(f"expected one of {letters}, found {_short(found)}")


def _short(value: Any) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) <= 120 else f"{text[:117]}…"


def _sentence(about: str, what: str, hint: str) -> str:
    return f"{about}: {what}" + (f"\nLook again: {hint}" if hint else "")
