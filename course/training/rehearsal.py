"""A short training before the real one: how long its steps take on one thread.

    pace = rehearse(network, digits, recipe)
    for epoch in train(other, digits, recipe, pace=pace): ...

One thread waits for no other, so its time is its work however busy the machine is: it is the
measure for a training on several (clock.py). What trains on one needs none.
"""

from dataclasses import replace

import torch
from torch import nn

from course.data import Digits
from course.recipe import Recipe
from course.recipe.schedule import steps_per_epoch
from course.training.clock import ANY_PACE, Pace
from course.training.loop import PREPARED_AT_ONCE, TEST_BATCH, train
from course.training.repeatable import one_thread

ALLOWANCE = 1.1  # of what so many threads should take


def rehearse(network: nn.Module, digits: Digits, recipe: Recipe, bfloat16: bool = False) -> Pace:
    """Train `network` for two short epochs, in place; return the pace that the second one allows.

    On one thread alone there is nothing to compare with: any pace is allowed.
    """
    threads = torch.get_num_threads()
    if threads == 1:
        return ANY_PACE
    # One lot of augmented images at least, since they are prepared together.
    images = max(PREPARED_AT_ONCE["cpu"], recipe.batch_size)
    part = replace(
        digits,
        train_images=digits.train_images[:images],
        train_labels=digits.train_labels[:images],
        test_images=digits.test_images[:TEST_BATCH],
        test_labels=digits.test_labels[:TEST_BATCH],
    )
    # Without what depends on the training's length, and costs next to nothing.
    short = replace(recipe, epochs=2, scheduler=None, average=None)
    with one_thread():
        *_, epoch = train(network, part, short, bfloat16=bfloat16)  # the first one warms up
    # Two threads take half of one's time or, of a small step, more than that: two thirds.
    share = ALLOWANCE * 2 / (1 + threads)
    steps = steps_per_epoch(epoch.train_total, recipe.batch_size)
    return Pace(share * epoch.seconds / steps, share * epoch.test_seconds / epoch.test_total)
