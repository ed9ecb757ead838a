"""Averaged weights: the network that is tested is a mean over the one that trains.

    averaged = average(network, recipe, steps)
    averaged.update(step)          # after every training step
    with averaged.applied():       # for the time of a test the network holds the mean
        evaluate(network, digits)

The learning rate of the last steps still moves the weights around their best place; their mean
lies nearer to it. BatchNorm's running statistics are averaged with them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from course.recipe import Recipe, arguments_of, name_of


class NoAverage:
    """Test the weights as they are."""

    def update(self, step: int) -> None:
        """Remember nothing."""

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Change nothing."""
        yield


class Average(NoAverage):
    """A running mean of the weights, which are looked at every `every` steps."""

    first_step = 0

    def __init__(self, network: nn.Module, every: int) -> None:
        self.every = every
        # detached, so that they share memory with the network's tensors and record no gradient
        self.live = [
            t.detach() for t in (*network.parameters(), *network.buffers()) if t.is_floating_point()
        ]
        self.mean: list[Tensor] = [t.clone() for t in self.live]
        self.count = 0  # of the weights in the mean

    def share(self) -> float:
        """Return how much the newest weights count in the mean."""
        raise NotImplementedError

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Take the weights after `step` into the mean, if it is their turn."""
        if step < self.first_step or (step + 1) % self.every:
            return
        self.count += 1
        # The first ones are taken whole: the start of training is no part of the mean.
        share = 1.0 if self.count == 1 else self.share()
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


class EMA(Average):
    """An exponential moving average: mean = decay * mean + (1 - decay) * weights."""

    def __init__(self, network: nn.Module, steps: int, decay: float, every: int) -> None:
        super().__init__(network, every)
        self.decay = decay

    def share(self) -> float:
        """Return the same share for all: older weights count less and less."""
        return 1 - self.decay


class SWA(Average):
    """The plain mean of the weights from epoch `start` on; an epoch has `steps` steps."""

    def __init__(self, network: nn.Module, steps: int, start: int, every: int) -> None:
        super().__init__(network, every)
        self.first_step = (start - 1) * steps

    def share(self) -> float:
        """Return the share at which all that were taken count alike."""
        return 1 / self.count


BY_NAME: dict[str, Callable[..., Average]] = {"EMA": EMA, "SWA": SWA}


def average(network: nn.Module, recipe: Recipe, steps: int) -> NoAverage:
    """Return the averaging that a recipe asks for; `steps` is an epoch's number of steps."""
    if recipe.average is None:
        return NoAverage()
    build = BY_NAME[name_of(recipe.average)]
    return build(network, steps, **arguments_of(recipe.average))
