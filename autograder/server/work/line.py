"""The line that submissions wait in: who is where, and how long that takes.

The expected wait is that of gradings which all take as long as the last ones did on average: with
so many at once, some of which have begun. Before anything was graded nobody knows, and nothing is
said.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import fmean

from sqlalchemy import select

from autograder.fleet.queue import Queue
from autograder.messages import Place
from autograder.results.home import HomeError
from autograder.results.jobs import QueuedJob

RECENT = 40  # gradings that an estimate is made of
SOON = 1.0  # seconds between two looks
PATIENT = 20  # and at least so many times as long as a look takes


@dataclass
class Line:
    """The queue of a server, as it was at the last look."""

    queue: Queue
    name: str
    slots: Callable[[], int]
    order: dict[int, int] = field(default_factory=dict)  # how many are ahead of each that waits
    begun: dict[int, float] = field(default_factory=dict)  # when those that run began
    # Seconds of the last ones to end, in that order. By their numbers the short ones would come
    # first: of many that begin at once, they are done before the long ones.
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT))
    typical: float | None = None  # seconds of a grading
    looked: float = 0.0
    took: float = 0.0
    stale: bool = True
    lock: threading.Lock = field(default_factory=threading.Lock)

    def place(self, number: int) -> Place | None:
        """Return where a submission waited at the last look; None where it did not wait."""
        ahead = self.order.get(number)
        return Place(ahead, self.wait(ahead)) if ahead is not None else None

    def wait(self, ahead: int) -> float | None:
        """Estimate how long somebody waits who has so many ahead."""
        if self.typical is None:
            return None
        slots, now = max(1, self.slots()), time.monotonic()
        left = sorted(max(0.0, self.typical - (now - begun)) for begun in [*self.begun.values()])
        free = [0.0] * (slots - len(left)) + left[:slots]  # when each of all that grade is free
        # Whoever is first begins with the first of them, and each round of them takes as long.
        return free[ahead % slots] + ahead // slots * self.typical

    def changed(self) -> None:
        """Note that the last look is no longer true."""
        self.stale = True

    def ended(self, seconds: float) -> None:
        """Note how long a grading took that has come to its verdict."""
        self.recent.append(seconds)
        self.changed()

    def look(self) -> None:
        """Look at the queue, where something has changed and the last look is old enough."""
        with self.lock:
            now = time.monotonic()
            if not self.stale or now < self.looked + max(SOON, PATIENT * self.took):
                return
            self.stale, self.looked = False, now
            mine = QueuedJob.queue == self.name
            waiting = select(QueuedJob.id).where(mine, QueuedJob.state == "queued")
            waiting = waiting.order_by(QueuedJob.attempt, QueuedJob.id)
            ended = select(QueuedJob.seconds).where(mine, QueuedJob.state == "done")
            ended = ended.where(QueuedJob.seconds.is_not(None))
            ended = ended.order_by(QueuedJob.attempt.desc(), QueuedJob.id.desc()).limit(RECENT)
            try:
                with self.queue.reading() as session:
                    self.order = {number: at for at, number in enumerate(session.scalars(waiting))}
                    if not self.recent:  # of before this server was started
                        self.recent.extend(seconds or 0.0 for seconds in session.scalars(ended))
            except HomeError:
                self.changed()  # the database is away, and nothing was seen
                raise
            self.typical = fmean(self.recent) if self.recent else None
            self.took = time.monotonic() - now
