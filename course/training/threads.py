"""On how many threads the next steps of a training run: on as many as the clock finds faster.

    threads = Threads(1, 2)
    for epoch in threads.through(train(network, digits, recipe, watch=threads.step_done)): ...

Threads that share a step wait for each other many times in it. Where a core is idle, two of them
take less time than one; where the cores have other work, they take four times as long. So a few
steps are timed on each, and more follow on what was faster; now and then the other is tried again.

This is for a training whose numbers are the same, bit for bit, on one thread and on two
(autograder/workers/helping.py finds out). Any other keeps to one number: Threads(2).
"""

import math
import time
from collections.abc import Callable, Iterator

import torch

from course.epoch import Epoch

TURN = 8  # steps timed together: images are augmented for as many at once, in the usual batches
SOONEST, LATEST = 4, 128  # turns until the slower number of threads is tried again


class Threads:
    """Sets the number of threads for every turn of a few steps."""

    def __init__(self, *among: int, now: Callable[[], float] = time.perf_counter) -> None:
        self.among, self.now = among, now
        self.current = among[-1]
        self.took: dict[int, float] = {}  # seconds of the last turn on so many threads
        self.favourite = self.current
        self.wait = self.left = SOONEST  # turns until the slower number is tried
        self.steps, self.since = 0, now()

    def through(self, training: Iterator[Epoch]) -> Iterator[Epoch]:
        """Pass a training's epochs on; who reads them computes on the first number of threads."""
        self.begin()
        try:
            for epoch in training:
                torch.set_num_threads(self.among[0])
                yield epoch
                self.begin()
        finally:
            torch.set_num_threads(self.among[0])

    def begin(self) -> None:
        """Begin a turn."""
        torch.set_num_threads(self.current)
        self.steps, self.since = 0, self.now()

    def step_done(self) -> None:
        """Count a step; after a turn, choose for the next one."""
        self.steps += 1
        seconds = self.now() - self.since
        # No need to see the end of a turn that is the slower one already.
        if self.steps == TURN or seconds > 2 * min(self.took.values(), default=math.inf):
            self.took[self.current] = seconds
            self.current = self.choose()
            self.begin()

    def choose(self) -> int:
        """Return the number of threads for the next turn."""
        for number in self.among:
            if number not in self.took:
                return number
        faster = min(self.among, key=self.took.__getitem__)
        slower = max(self.among, key=self.took.__getitem__)
        if faster != self.favourite:  # the machine has changed, and may change again soon
            self.favourite, self.wait = faster, SOONEST
            self.left = self.wait
        elif self.current == slower:  # tried in vain
            self.wait = min(2 * self.wait, LATEST)
            self.left = self.wait
        self.left -= 1
        return faster if self.left >= 0 else slower
