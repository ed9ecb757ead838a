"""A short training before the real one: how long it takes on one thread, and what comes out.

    pace = rehearse(network, digits, recipe)
    for epoch in train(other, digits, recipe, pace=pace): ...

One thread waits for no other, so its time is its work however busy the machine is: it is the
measure for a training on several (clock.py). What trains on one needs none.
"""

from contextlib import AbstractContextManager
from dataclasses import replace

import torch
from torch import nn

from course.data import Digits
from course.epoch import Epoch
from course.recipe import Recipe
from course.recipe.schedule import steps_per_epoch
from course.training.clock import ANY_PACE, Pace
from course.training.loop import NOBODY, PREPARED_AT_ONCE, TEST_BATCH, train
from course.training.repeatable import one_thread

ALLOWANCE = 1.1  # of what so many threads should take


def rehearse(network: nn.Module, digits: Digits, recipe: Recipe, bfloat16: bool = False) -> Pace:
    """Train `network` for two short epochs, in place; return the pace that the second one allows.

    On one thread alone there is nothing to compare with: any pace is allowed.
    """
    threads = torch.get_num_threads()
    if threads == 1:
        return ANY_PACE
    with one_thread():
        epochs = short_training(network, digits, recipe, bfloat16)
    # Two threads take half of one's time or, of a small step, more than that: two thirds.
    return pace_of(epochs, recipe, share=2 / (1 + threads))


def short_training(
    network: nn.Module,
    digits: Digits,
    recipe: Recipe,
    bfloat16: bool = False,
    helper: AbstractContextManager[object] = NOBODY,
    steps: int = 1,
) -> list[Epoch]:
    """Train `network` in place for two epochs of a few hundred images, and of `steps` at least."""
    # One lot of augmented images at least, since they are prepared together.
    images = max(PREPARED_AT_ONCE["cpu"], steps * recipe.batch_size)
    part = replace(
        digits,
        train_images=digits.train_images[:images],
        train_labels=digits.train_labels[:images],
        test_images=digits.test_images[:TEST_BATCH],
        test_labels=digits.test_labels[:TEST_BATCH],
    )
    # Without what depends on the training's length, and costs next to nothing.
    short = replace(recipe, epochs=2, scheduler=None, average=None)
    return list(train(network, part, short, bfloat16=bfloat16, helper=helper))


def pace_of(epochs: list[Epoch], recipe: Recipe, share: float) -> Pace:
    """Allow `share` of a step's time in the last epoch, and a tenth more; the first warmed up."""
    last, allowed = epochs[-1], ALLOWANCE * share
    steps = steps_per_epoch(last.train_total, recipe.batch_size)
    return Pace(allowed * last.seconds / steps, allowed * last.test_seconds / last.test_total)
