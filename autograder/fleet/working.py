"""Work off a queue: claim, grade, keep, until every row of it has its verdict.

    work_off(queue, "tonight", engine, watch)
    work_on(queue, "class", engine, watch, closing)      # and whatever comes, until it is to close

Ctrl-C gives back what was under way; after kill -9 the leases run out, or the next run sees that
their holder is dead. In both cases it goes on where it was: what is lost is at most the trainings
that were under way.
"""

import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from autograder.events import Shown
from autograder.fleet.engines import Engine, Lost
from autograder.fleet.identity import identity
from autograder.fleet.queue import RENEWED, Claim, Queue
from autograder.results.home import HomeError
from autograder.verdict import Verdict
from autograder.words import summary_of
from course.errors import ExitCode

LOOK = 0.5  # seconds between two looks at what ended, or at rows that another process is at
AGAIN = 3.0  # seconds until a database that went away is asked again
log = logging.getLogger("under8k.grading")


class Watcher(Protocol):
    """Who is told how it goes."""

    def begun(self, claim: Claim) -> None:
        """A grading has begun."""

    def happened(self, claim: Claim, event: Shown) -> None:
        """Something happened in a grading; told from the thread that follows it."""

    def ended(self, claim: Claim, verdict: Verdict | None, fault: str, seconds: float) -> None:
        """A grading has ended: with a verdict, or with a fault of ours."""

    def look(self) -> None:
        """Some time has passed."""


@dataclass
class Running:
    """A grading under way."""

    claim: Claim
    begun: float


class Work:
    """A queue that is worked off, a round after the other."""

    def __init__(self, queue: Queue, name: str, engine: Engine, watcher: Watcher) -> None:
        self.queue, self.name, self.engine, self.watcher = queue, name, engine, watcher
        self.me = identity()
        self.running: dict[Future[Verdict], Running] = {}
        self.renewed = time.monotonic()

    def round(self) -> bool:
        """Begin what there is room for, and keep what has ended; return whether anything was there.

        Where the database goes away on the way, the next round does the rest.
        """
        while len(self.running) < self.engine.slots:
            claim = self.queue.claim(self.name, self.me)
            if claim is None:
                break
            self.watcher.begun(claim)
            future = self.engine.start(claim, self.watcher.happened)
            self.running[future] = Running(claim, time.monotonic())
        busy = bool(self.running)
        ended, _ = wait(self.running, timeout=LOOK, return_when=FIRST_COMPLETED)
        if time.monotonic() - self.renewed > RENEWED:
            self.queue.renew(one.claim for one in self.running.values())
            self.renewed = time.monotonic()
        for future in ended:
            conclude(self.queue, future, self.running[future], self.watcher)
            del self.running[future]
        self.watcher.look()
        return busy

    def hand_back(self) -> None:
        """Leave what runs to whoever goes on."""
        self.engine.stop()
        self.queue.give_back(one.claim for one in self.running.values())


def work_off(queue: Queue, name: str, engine: Engine, watcher: Watcher) -> None:
    """Grade every row of a queue."""
    with working(queue, name, engine, watcher) as work:
        while work.running or queue.is_open(name):
            if not work.round():
                time.sleep(LOOK)  # another process is at the last ones, and may die


def work_on(
    queue: Queue, name: str, engine: Engine, watcher: Watcher, closing: threading.Event
) -> None:
    """Grade every row of a queue, also those that come, until `closing` is set."""
    with working(queue, name, engine, watcher) as work:
        while not closing.is_set():
            busy = False
            try:
                busy = work.round()
            except HomeError as error:  # the database is away, and what runs goes on meanwhile
                log.error("the next round is begun in %g s: %s", AGAIN, error)
                closing.wait(AGAIN)
            if not busy:
                closing.wait(LOOK)


@contextmanager
def working(queue: Queue, name: str, engine: Engine, watcher: Watcher) -> Iterator[Work]:
    """Begin to work, and leave nothing behind that nobody works at."""
    queue.free_from_the_dead(name)
    work = Work(queue, name, engine, watcher)
    try:
        yield work
    finally:
        work.hand_back()


def conclude(queue: Queue, future: Future[Verdict], one: Running, watcher: Watcher) -> None:
    """Keep what a grading came to."""
    seconds = time.monotonic() - one.begun
    verdict: Verdict | None = None
    error = future.exception()
    if isinstance(error, Lost | HomeError):  # by a cluster, or by a database that was away
        queue.give_back([one.claim])
        watcher.ended(one.claim, None, str(error), seconds)
        return
    if error is not None:  # nobody foresaw it
        fault = f"{type(error).__name__}: {summary_of(error, 300)}"
    else:
        verdict = future.result()
        fault = verdict.headline() if verdict.exit_code == ExitCode.FAULT else ""
    if fault:
        queue.fail(one.claim, fault)
    elif verdict is not None:
        queue.finish(one.claim, verdict, seconds)
    watcher.ended(one.claim, verdict, fault, seconds)
