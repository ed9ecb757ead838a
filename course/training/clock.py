"""Count the seconds that a training works, not those that it waits for its turn on a busy machine.

    clock = work_clock(device, most=3_600)
    clock.start()
    clock.look()               # after every step: WorkUsedUp beyond `most` in all
    seconds = clock.lap()      # since the start or the last lap

On a processor it is the time of the thread that leads the training and, where a second one helps
(helper.py), of that one too: together they do what one alone would do, so a training is charged the
same whether a core was free or not. A large network's operations are split over two threads. There
the leading thread does everything that is not split, and its share of what is; so both are charged
what they take, neither the sum of both, which would charge the same work twice, nor half of it. But
on a busy machine such threads wait for each other at every split, each a moment spinning and then
asleep, and spinning looks like work: eight busy loops beside made it four times as much. So a few
steps are timed on one thread, which waits for nobody (rehearsal.py), and no step is charged more
than follows from that.

On a GPU a recorded step is timed by the device itself, from its first kernel to its last: gaps in
which a busy machine has not asked for the next step do not count. Where other processes use the
same GPU their turns within a step do count, since the device does not tell them apart.
"""

import math
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch

from course.training.helper import Helper


class WorkUsedUp(Exception):
    """A training has worked for longer than it may."""


@dataclass(frozen=True)
class Pace:
    """The most seconds that may be charged."""

    step: float = math.inf
    test_image: float = math.inf


ANY_PACE = Pace()


class WorkClock:
    """The processor's time, as `read` tells it: of the thread that calls it, unless told."""

    def __init__(
        self, read: Callable[[], float] = time.thread_time, most: float = math.inf
    ) -> None:
        self.read, self.most = read, most
        self.used = 0.0  # in all laps
        self.since = read()

    def start(self) -> None:
        """Begin a lap here: what happened before, such as showing an epoch, was no work."""
        self.since = self.read()

    def look(self, allowed: float = math.inf) -> float:
        """Return the seconds since the last start or lap, of which `allowed` may be charged."""
        seconds = min(self.read() - self.since, allowed)
        if self.used + seconds > self.most:
            raise WorkUsedUp
        return seconds

    def lap(self, allowed: float = math.inf) -> float:
        """Charge the seconds since the last start or lap, and return them."""
        seconds = self.look(allowed)
        self.used += seconds
        self.start()
        return seconds


def work_clock(
    device: torch.device, most: float = math.inf, helper: Helper | None = None
) -> WorkClock:
    """Return the clock for what this process asks of a device operation by operation.

    A GPU's steps have a second thread, for the gradients, and a thread that waits for the device
    spins. So there the process's time is both: starting kernels, and waiting for their end.
    """
    if device.type != "cpu":
        return WorkClock(time.process_time, most)
    if helper is None:
        return WorkClock(time.thread_time, most)
    return WorkClock(lambda: time.thread_time() + helper.worked, most)


class DeviceClock(WorkClock):
    """The device's own time of one training's stream, divided among those that run beside it.

    Without a stream it is the processor's time.
    """

    def __init__(
        self, stream: torch.cuda.Stream | None, beside: int = 1, most: float = math.inf
    ) -> None:
        super().__init__(time.thread_time if stream is None else time.process_time, most)
        self.stream, self.beside = stream, beside
        self.spare: list[Marks] = []
        self.running: deque[Marks] = deque()
        self.unread = 0.0  # seconds of pieces that have ended

    @contextmanager
    def piece(self) -> Iterator[None]:
        """Time what is asked of the device within, without waiting for it."""
        if self.stream is None:
            self.start()
            yield
            self.unread += self.lap()
            return
        begin, end = marks = self.spare.pop() if self.spare else (mark(), mark())
        begin.record(self.stream)
        yield
        end.record(self.stream)
        self.running.append(marks)
        while self.running and self.running[0][1].query():  # type: ignore[no-untyped-call]
            self.collect()

    def collect(self) -> None:
        """Count the oldest piece, which has ended."""
        begin, end = marks = self.running.popleft()
        self.spare.append(marks)
        seconds = begin.elapsed_time(end) / 1_000 / self.beside
        self.unread += seconds
        self.used += seconds
        if self.used > self.most:
            raise WorkUsedUp

    def pieces(self) -> float:
        """Wait for the device; return the seconds of all pieces since this was last asked."""
        while self.running:
            self.running[0][1].synchronize()
            self.collect()
        seconds, self.unread = self.unread, 0.0
        return seconds


Marks = tuple[torch.cuda.Event, torch.cuda.Event]  # at the beginning and at the end of a piece


def mark() -> torch.cuda.Event:
    """Make a mark on which the device writes its time when it comes past."""
    return torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
