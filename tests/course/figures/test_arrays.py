"""Figures read whatever holds numbers, and keep its shape."""

import numpy as np
import pytest
import torch

from course.figures.arrays import as_array

ROWS = [[0, 1, 2], [3, 4, 5]]


@pytest.mark.parametrize(
    "kind", [list, np.array, torch.tensor, lambda x: torch.tensor(x).float().requires_grad_()]
)
def test_tensors_arrays_and_lists_are_read_alike(kind):
    found = as_array(kind(ROWS))
    assert found.dtype == np.float64
    assert found.tolist() == ROWS
