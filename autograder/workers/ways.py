"""Find the way to train on a processor: on how many threads, and which of them computes what.

    way = find_way(make, digits, recipe, helped=True)

How many threads share a sum decides in which order it is added. So a small network's numbers are
those of one thread, on every machine. But few operations share sums. Where a core is free, those
stay on one thread (split.py) and a second one may help with all others (threads.py). Only a trial
can tell whether it changes a number: where a short training gives the same bits on one thread and
on two, so does a long one, whose steps are all of the same sizes.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from autograder.graph.network import Alone, Network
from autograder.graph.split import split_sums
from course.data import Digits
from course.epoch import Epoch
from course.recipe import Recipe
from course.recipe.schedule import steps_per_epoch
from course.training.clock import ANY_PACE, Pace
from course.training.loop import arrange_memory, pixels, standardise
from course.training.rehearsal import pace_of, rehearse, short_training

PAYS = 2_000  # steps of a training; the trial takes as long as some hundred

Make = Callable[[], Network]  # the network to be trained, made anew


@dataclass(frozen=True)
class Way:
    """How a training computes."""

    threads: tuple[int, ...]  # of which the clock chooses
    alone: Alone = field(default_factory=Alone)  # what one thread computes
    pace: Pace = ANY_PACE  # the most that is charged


def find_way(
    make: Make, digits: Digits, recipe: Recipe, helped: bool, bfloat16: bool = False
) -> Way:
    """Let a second thread help one, if there is a core for it and it changes no number."""
    threads = torch.get_num_threads()
    steps = recipe.epochs * steps_per_epoch(len(digits.train_images), recipe.batch_size)
    way = with_help(make, digits, recipe) if helped and threads == 1 and steps >= PAYS else None
    return way or Way((threads,), pace=rehearse(make(), digits, recipe, bfloat16))


def with_help(make: Make, digits: Digits, recipe: Recipe) -> Way | None:
    """Try one thread and two; return None where their numbers differ."""
    network = make()
    arrange_memory(network)
    images = digits.train_images[: recipe.batch_size]
    alone = split_sums(network, standardise(pixels(images), digits))  # of (B, 1, 28, 28)
    (epochs, numbers), (_, others) = (
        trial(make(), alone, threads, digits, recipe) for threads in (1, 2)
    )
    if not all(map(torch.equal, numbers, others)):
        return None
    return Way((1, 2), alone, pace_of(epochs, recipe, share=1))


def trial(
    network: Network, alone: Alone, threads: int, digits: Digits, recipe: Recipe
) -> tuple[list[Epoch], list[Tensor]]:
    """Train for a few steps; return the epochs, and all numbers that come of them."""
    network.alone = alone
    torch.set_num_threads(threads)
    try:
        epochs = short_training(network, digits, recipe)
    finally:
        torch.set_num_threads(1)
    losses = torch.tensor([[epoch.train_loss, epoch.test_loss] for epoch in epochs])
    return epochs, [losses, *network.state_dict().values()]
