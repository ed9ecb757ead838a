"""A second thread that helps with a training's steps where that is faster.

    helper = Helper()
    for epoch in train(network, digits, recipe, helper=helper): ...

Threads that share a step wait for each other many times in it. Where a core is idle, two of them
take less time than one; where the cores have other work, they take four times as long. So a few
steps are timed on each, and more follow on what was faster; now and then the other is tried again.

Only the network's forward and backward pass are shared. This is for a network for which both give
the same numbers on one thread and on two, bit for bit (autograder/workers/ways.py finds out).
"""

import math
import time
from collections.abc import Callable
from types import TracebackType

import torch

TURN = 8  # steps on the same number of threads, timed together
SOONEST, LATEST = 4, 128  # turns until the slower number of threads is tried again


class Helper:
    """Within `with helper:` there are one thread or two, outside of it there is one."""

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        self.now = now
        self.threads = 2
        self.steps, self.seconds = 0, 0.0  # of this turn
        self.took: dict[int, float] = {}  # seconds of the last turn on so many threads
        self.favourite = 2
        self.wait = self.left = SOONEST  # turns until the slower number is tried

    def __enter__(self) -> None:
        """Begin a step."""
        torch.set_num_threads(self.threads)
        self.began = self.now()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        """End a step; after a turn, choose for the next one."""
        torch.set_num_threads(1)
        self.seconds += self.now() - self.began
        self.steps += 1
        # There is no need to see the end of a turn that is the slower one already.
        if self.steps == TURN or self.seconds > 2 * min(self.took.values(), default=math.inf):
            self.took[self.threads] = self.seconds
            self.steps, self.seconds = 0, 0.0
            self.threads = self.choose()

    def choose(self) -> int:
        """Return the number of threads for the next turn."""
        if 1 not in self.took:
            return 1
        faster, slower = sorted((1, 2), key=self.took.__getitem__)
        if faster != self.favourite:  # the machine has changed, and may change again soon
            self.favourite, self.wait = faster, SOONEST
            self.left = self.wait
        elif self.threads == slower:  # tried in vain
            self.wait = min(2 * self.wait, LATEST)
            self.left = self.wait
        self.left -= 1
        return faster if self.left >= 0 else slower
