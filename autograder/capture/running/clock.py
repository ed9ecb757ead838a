"""How long a student's code may run: counted in work, and stopped at the line it has come to.

with Clock() as clock, clock.allowing(3.0):
…                               # raises TimeUp, which knows the line
"""

import resource
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Self

from autograder.capture.tracebacks import FILENAME

TICK = 0.25  # seconds between two looks at the clock
MOST_BETWEEN = 1.0  # where more have passed, and were not computed, the whole machine stood still


class TimeUp(BaseException):
    """The time is over. No Exception: code that catches those is to be stopped all the same."""

    def __init__(self, line: int | None) -> None:
        super().__init__("the time is over")
        self.line = line  # of the student's file, if it was there


class Work:
    """The seconds that the student's code computed or slept.

    Not those in which a busy machine kept it waiting: a process that is pushed aside by another
    one counts the processor's time alone. One that is not pushed aside either computes or sleeps
    of its own will, and all of its time counts. A process cannot look up how long it waited
    (/proc is closed in the jail), but it may ask how often it was pushed aside, or stood still
    until the disk had brought some of its memory.
    """

    def __init__(self) -> None:
        self.used = 0.0
        self.last = self.look()

    def look(self) -> tuple[float, float, int]:
        """Return the real time, the processor's time, and how often we were held up."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        return time.monotonic(), time.process_time(), used.ru_nivcsw + used.ru_majflt

    def count(self) -> float:
        """Count what has passed since the last look; return all that was counted."""
        before, self.last = self.last, self.look()
        real, processor, held_up = (now - then for now, then in zip(self.last, before, strict=True))
        # Several threads of the student's use more of the processor's time than real time.
        self.used += processor if held_up else max(min(real, MOST_BETWEEN), processor)
        return self.used


class Clock:
    """Stops the student's code when its time is over."""

    def __init__(self) -> None:
        self.work = Work()
        self.allowed = 0.0  # seconds; 0: nothing of the student's is running

    def __enter__(self) -> Self:
        self.before = signal.signal(signal.SIGALRM, self.tick)
        return self

    def __exit__(self, *exception: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self.before)

    @contextmanager
    def allowing(self, seconds: float) -> Iterator[Work]:
        """Let code run for some seconds of work, then raise TimeUp in it, at every tick anew."""
        self.work, self.allowed = Work(), seconds
        # Again at every tick, for code that catches whatever is raised.
        tick = min(TICK, seconds)
        signal.setitimer(signal.ITIMER_REAL, tick, tick)
        try:
            yield self.work
        finally:
            self.allowed = 0.0
            signal.setitimer(signal.ITIMER_REAL, 0)
            self.work.count()

    def tick(self, signum: int, frame: FrameType | None) -> None:
        """Look at the clock."""
        if not self.allowed or self.work.count() < self.allowed:
            return
        while frame is not None and frame.f_code.co_filename != FILENAME:
            frame = frame.f_back
        raise TimeUp(frame.f_lineno if frame else None)
