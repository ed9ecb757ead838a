"""Muon for a whole network: torch's own for its matrices, another optimizer for the rest.

    optimizer=dict(name="Muon", lr=0.05, weight_decay=0.0, rest=dict(name="SGD", lr=0.2))

Muon makes a step of a matrix orthogonal, so that it changes what the matrix does in all directions
alike, instead of most where the gradient is largest. A kernel that mixes maps is such a matrix:
(maps made, numbers it makes one from). Norms, biases and kernels that look at one map are none.
"""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from course.recipe import Recipe, rate_of, rest_of
from course.recipe.recipe import build


class MuonAndRest(torch.optim.Optimizer):
    """Two optimizers that act as one; the rest's rate is a fixed share of Muon's."""

    def __init__(self, recipe: Recipe, parameters: Iterable[Tensor], **machinery: bool) -> None:
        self.every = list(parameters)
        super().__init__(self.every, {})
        self.kernels = [p for p in self.every if is_matrix(p)]
        self.matrices = [nn.Parameter(as_matrix(p.detach(), p)) for p in self.kernels]
        self.parts, self.param_groups = [], []
        if self.matrices:
            self.parts.append(recipe.build_optimizer(self.matrices))
            self.param_groups += self.parts[-1].param_groups
        rest = rest_of(recipe.optimizer)
        assert rest is not None
        if others := [p for p in self.every if not is_matrix(p)]:
            self.parts.append(build(rest, others, **machinery))
            for group in self.parts[-1].param_groups:
                group["share"] = rate_of(rest) / rate_of(recipe.optimizer)
            self.param_groups += self.parts[-1].param_groups

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of the parameters themselves: Muon's groups hold views of them."""
        for p in self.every:
            p.grad = None

    @torch.no_grad()
    def step(self) -> None:  # type: ignore[override]  # no closure: a step is one evaluation here
        """Let each optimizer make its step."""
        for kernel, matrix in zip(self.kernels, self.matrices, strict=True):
            matrix.grad = None if kernel.grad is None else as_matrix(kernel.grad, kernel)
        for part in self.parts:
            part.step()


def is_matrix(parameter: Tensor) -> bool:
    """Return whether a tensor mixes several maps or numbers into others."""
    return parameter.dim() > 1 and min(parameter.shape[:2]) > 1


def as_matrix(tensor: Tensor, kernel: Tensor) -> Tensor:
    """Return a kernel (out, in, height, width) as (out, in x height x width), in the same memory.

    Of a kernel that lies channels-last the columns come in another order. To Muon that is the same
    matrix: its step for exchanged columns is the step with its columns exchanged.
    """
    if not kernel.is_contiguous():
        tensor = tensor.permute(0, 2, 3, 1)
    return tensor.reshape(len(tensor), -1)
