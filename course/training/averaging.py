"""Averaged weights: the network that is tested is a mean over the one that trains.

The rate of the last steps still shakes the weights around their best place; their mean lies
nearer to it. BatchNorm's running statistics are averaged with them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from course.recipe import Recipe


class NoAverage:
    """Test the weights as they are."""

    def update(self, step: int) -> None:
        """Remember nothing."""

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Change nothing."""
        yield


class Average(NoAverage):
    """A running mean of the weights, exponential (EMA) or equal from some epoch on (SWA)."""

    def __init__(self, network: nn.Module, spec: dict[str, Any], steps: int) -> None:
        self.spec = spec
        self.start = (spec["start"] - 1) * steps if spec["name"] == "SWA" else 0
        self.live = [
            t.detach() for t in (*network.parameters(), *network.buffers()) if t.is_floating_point()
        ]
        self.mean: list[Tensor] = [t.clone() for t in self.live]
        self.count = 0

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Take the weights after `step` into the mean, every so many steps."""
        if step < self.start or (step + 1) % self.spec["every"]:
            return
        self.count += 1
        # The first one is taken whole: the start of training is no part of the mean.
        share = (
            1 / self.count
            if self.spec["name"] == "SWA" or self.count == 1
            else 1 - self.spec["decay"]
        )
        torch._foreach_lerp_(self.mean, self.live, share)

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Put the mean in the weights' place for the time of a test."""
        if self.count == 0:
            yield
            return
        kept = [t.clone() for t in self.live]
        torch._foreach_copy_(self.live, self.mean)
        try:
            yield
        finally:
            torch._foreach_copy_(self.live, kept)


def average(network: nn.Module, recipe: Recipe, steps: int) -> NoAverage:
    """Return the averaging that a recipe asks for; `steps` is an epoch's number of steps."""
    return NoAverage() if recipe.average is None else Average(network, recipe.average, steps)
