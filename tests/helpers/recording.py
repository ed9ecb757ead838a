"""A CUDA graph without a GPU: what recording fixes, fixed on a processor too.

    record_without_a_gpu(monkeypatch)      # from here on train_captured records its steps
    graph = Recorded(function)             # runs `function` once, as a recording
    graph.replay()                         # again, without its Python

While a function is recorded, each of torch's operations is written down with the very tensors that
it was given and gave. A replay runs these operations on the same tensors and puts results where
the first ones lie. No Python of the function runs again, so whatever it decided there (a rate, a
branch) is frozen, as on a GPU. Reading a tensor's value ends a recording, as there. What this
cannot show: a GPU's own kernels, its streams and their races, and memory that graphs share.
"""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from course.training.captured import RecordedTraining

# What cannot be answered before the device has come so far.
READING = ("aten::_local_scalar_dense", "aten::equal", "aten::nonzero", "aten::masked_select")


class ValueRead(RuntimeError):
    """Python asked for a number while a function was recorded."""


class Recorded(TorchDispatchMode):
    """A function's operations, to be repeated."""

    def __init__(self, function: Callable[[], None]) -> None:
        super().__init__()
        self.calls: list[tuple[Any, tuple[Any, ...], dict[str, Any], Any]] = []
        with self:
            function()

    def __torch_dispatch__(
        self, operation: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        if operation._schema.name in READING:
            raise ValueRead(f"a step cannot be recorded: {operation._schema.name} reads a value")
        result = operation(*args, **(kwargs or {}))
        if not operation.is_view:  # a view shows what its memory holds by then
            self.calls.append((operation, args, kwargs or {}, result))
        return result

    @torch.no_grad()
    def replay(self) -> None:
        """Repeat every operation in the memory of the first time."""
        for operation, args, kwargs, first in self.calls:
            again = operation(*args, **kwargs)
            for old, new in zip(tree_leaves(first), tree_leaves(again), strict=True):
                if isinstance(old, Tensor) and old.data_ptr() != new.data_ptr():
                    old.copy_(new)


def record_without_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let trainings record their steps as they would on a GPU."""
    record = RecordedTraining.record

    def recorded(run: RecordedTraining, function: Callable[[], None]) -> Callable[[], None]:
        return Recorded(record(run, function)).replay  # without a GPU: warmed up, and unrecorded

    monkeypatch.setattr(RecordedTraining, "record", recorded)
