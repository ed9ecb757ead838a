"""How long a jailed child has had for its work: all time but that in which the machine kept it.

    worked = Worked(process_id)
    worked.seconds()  # asked often, since every question looks at what has passed since the last

A busy or a slow machine is no fault of the student's. So three kinds of time are given on top:
that in the queue for a processor, that of waiting for the disk, and that in which nothing ran at
all: a virtual machine is stopped for a minute, and its clock goes on.
"""

import time
from contextlib import suppress

from autograder import children

MOST_BETWEEN = 1.0  # seconds from one question to the next; where more have passed, we stood still


class Worked:
    """The seconds that a process could have used, from now on."""

    def __init__(self, process: int) -> None:
        self._process = process
        self._used = 0.0
        self._time, self._queued = time.monotonic(), self._in_the_queue()

    def seconds(self) -> float:
        """Return all seconds so far that were its own."""
        then, queued = self._time, self._queued
        self._time, self._queued = time.monotonic(), self._in_the_queue()
        if not self._waits_for_the_disk():
            passed = min(self._time - then, MOST_BETWEEN)
            self._used += max(0.0, passed - (self._queued - queued))
        return self._used

    # Both of its first thread, which runs the student's code. A process that has just ended has no
    # such file any more, and a system that is not Linux never had it.

    def _in_the_queue(self) -> float:
        """Return the seconds for which it could have run, had there been a processor."""
        with suppress(OSError, ValueError):
            # Nanoseconds on a processor, nanoseconds in the queue, turns.
            _, queued, _ = (children.PROC / f"{self._process}" / "schedstat").read_text().split()
            return int(queued) / 1e9
        return 0.0

    def _waits_for_the_disk(self) -> bool:
        """Return whether it stands still now until some of its memory or a file has been read."""
        return children.stat_of(self._process)[:1] == ["D"]
