"""Tensors, arrays and nested lists, all read as numpy arrays, without importing torch.

as_array(torch.rand(28, 28, requires_grad=True))   # also from a GPU
as_array([[0, 1], [1, 0]])
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt


@runtime_checkable
class TensorLike(Protocol):
    """The part of a torch tensor that figures use. The grader's own process has no torch."""

    def detach(self) -> TensorLike:
        """Return the same values without their gradients, which numpy cannot hold."""

    def cpu(self) -> TensorLike:
        """Return the same values in memory that numpy can read."""


Values = TensorLike | npt.ArrayLike
Floats = npt.NDArray[np.float64]


def as_array(values: Values) -> Floats:
    """Return the values as an array of floats, in the shape that they have."""
    if isinstance(values, TensorLike):
        values = values.detach().cpu()
    return np.asarray(values, dtype=np.float64)
