"""Work off a queue: claim, grade, keep, until every row of it has its verdict.

    work_off(queue, "tonight", engine, watch)

Ctrl-C gives back what was under way; after kill -9 the leases run out, or the next run sees that
their holder is dead. In both cases it goes on where it was: what is lost is at most the trainings
that were under way.
"""

import threading
import time
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from typing import Protocol

from autograder.events import Shown
from autograder.fleet.engines import Engine, Lost
from autograder.fleet.identity import identity
from autograder.fleet.queue import RENEWED, Claim, Queue
from autograder.verdict import Verdict
from autograder.words import summary_of
from course.errors import ExitCode

LOOK = 0.5  # seconds between two looks at what ended, or at rows that another process is at


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


def work_off(
    queue: Queue,
    name: str,
    engine: Engine,
    watcher: Watcher,
    closing: threading.Event | None = None,
) -> None:
    """Grade every row of a queue; with `closing`, also those that come, until it is set."""
    me = identity()
    running: dict[Future[Verdict], Running] = {}
    renewed = time.monotonic()
    try:
        queue.free_from_the_dead(name)
        while closing is None or not closing.is_set():
            while len(running) < engine.slots:
                claim = queue.claim(name, me)
                if claim is None:
                    break
                watcher.begun(claim)
                future = engine.start(claim, watcher.happened)
                running[future] = Running(claim, time.monotonic())
            if not running:
                if closing is None and not queue.is_open(name):
                    return
                time.sleep(LOOK)  # another process is at the last ones, and may die
            ended, _ = wait(running, timeout=LOOK, return_when=FIRST_COMPLETED)
            if time.monotonic() - renewed > RENEWED:
                queue.renew(one.claim for one in running.values())
                renewed = time.monotonic()
            for future in ended:
                conclude(queue, future, running.pop(future), watcher)
            watcher.look()
    except BaseException:
        hand_back(queue, engine, running.values())
        raise
    hand_back(queue, engine, running.values())


def hand_back(queue: Queue, engine: Engine, running: Iterable[Running]) -> None:
    """Leave what runs to whoever goes on."""
    engine.stop()
    queue.give_back(one.claim for one in running)


def conclude(queue: Queue, future: Future[Verdict], one: Running, watcher: Watcher) -> None:
    """Keep what a grading came to."""
    seconds = time.monotonic() - one.begun
    verdict: Verdict | None = None
    error = future.exception()
    if isinstance(error, Lost):
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
