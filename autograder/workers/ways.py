"""Find the way to train on a processor: whether a second thread helps, and with what.

    way = find_way(make, digits, recipe, helped=True)

How many threads share a sum decides in which order it is added. So a small network's numbers are
those of one thread, on every machine. But few operations share sums. Where a core is free, those
stay on one thread (split.py) and a second one may help with all others (helper.py), if a trial
shows that it changes no number: where some steps give the same bits on one thread and on two, so
do all, since all are of the same sizes.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import torch
from torch import Tensor

from autograder.graph.network import Alone, Network
from autograder.workers.split import same_bits, split_sums
from course.data import Digits
from course.epoch import Epoch
from course.recipe import Recipe
from course.training.clock import ANY_PACE, Pace
from course.training.helper import Helper
from course.training.loop import NOBODY, arrange_memory
from course.training.rehearsal import pace_of, rehearse, short_training

PAYS = 100_000  # images of all epochs; the trial takes as long as some 4,000
STEPS = 8  # at least, in each of the trial's epochs

Make = Callable[[], Network]  # the network to be trained, made anew


@dataclass(frozen=True)
class Way:
    """How a training computes."""

    helped: bool = False
    alone: Alone = field(default_factory=Alone)
    pace: Pace = ANY_PACE  # the most that is charged

    def helper(self) -> AbstractContextManager[object]:
        """Return who helps with the steps of one training."""
        return Helper() if self.helped else NOBODY


def find_way(
    make: Make, digits: Digits, recipe: Recipe, helped: bool, bfloat16: bool = False
) -> Way:
    """Return the way with a second thread, if there is a core for it and a trial allows it."""
    worth_it = recipe.epochs * len(digits.train_images) >= PAYS
    if helped and worth_it and torch.get_num_threads() == 1 and not bfloat16:
        try:
            way = with_help(make, digits, recipe)
        except (MemoryError, RuntimeError):  # the training itself will tell, if it is in trouble
            way = None
        if way is not None:
            return way
    return Way(pace=rehearse(make(), digits, recipe, bfloat16))


def with_help(make: Make, digits: Digits, recipe: Recipe) -> Way | None:
    """Try one thread and two; return None where their numbers differ."""
    network = make()
    arrange_memory(network)
    alone = split_sums(network, recipe.batch_size)
    epochs, numbers = trial(make(), alone, NOBODY, digits, recipe)
    _, others = trial(make(), alone, TwoThreads(), digits, recipe)
    if not same_bits(numbers, others):
        return None
    return Way(helped=True, alone=alone, pace=pace_of(epochs, recipe, share=1))


class TwoThreads:
    """A helper that always helps."""

    def __enter__(self) -> None:
        torch.set_num_threads(2)

    def __exit__(self, *_: object) -> None:
        torch.set_num_threads(1)


def trial(
    network: Network,
    alone: Alone,
    helper: AbstractContextManager[object],
    digits: Digits,
    recipe: Recipe,
) -> tuple[list[Epoch], list[Tensor]]:
    """Train for a few steps; return the epochs, and all numbers that come of them."""
    network.alone = alone
    epochs = short_training(network, digits, recipe, helper=helper, steps=STEPS)
    losses = torch.tensor([[e.train_loss, e.test_loss] for e in epochs], dtype=torch.float64)
    # The last step's gradients too: a weight may be the same in spite of another gradient's bits.
    gradients = [p.grad for p in network.parameters() if p.grad is not None]
    return epochs, [losses.view(torch.float32), *network.state_dict().values(), *gradients]
