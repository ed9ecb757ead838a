"""The processes of a grading: started when they are needed, or ahead, so that a check is quick.

    grade(job, watch)                           # starts two, which load torch for seconds
    with Warm() as warm:
        grade(job, watch, children=warm)        # and again: they are ready

A student's code never meets a process in which any ran before. A jailed child takes one request and
ends; what Warm has ready is the next one, locked, with torch loaded, waiting for its request. The
worker runs no student's code. Warm keeps it from one check to the next, but not beyond a training.
"""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from typing import Protocol, Self

from autograder.jail.parent import Jailed
from autograder.workers.process import WorkerProcess
from course.errors import MachineError

CAPTURE = "autograder.capture.entry"  # whose `main` runs in the jail


class Children(Protocol):
    """Whoever starts the processes of a grading."""

    def jailed(self) -> AbstractContextManager[Jailed]:
        """Return a jailed child in which no student's code has run."""

    def worker(self) -> AbstractContextManager[WorkerProcess]:
        """Return a worker that is free."""


class Fresh:
    """Starts each process when it is needed."""

    def jailed(self) -> Jailed:
        """Start a jailed child."""
        return Jailed(CAPTURE)

    def worker(self) -> WorkerProcess:
        """Start a worker."""
        return WorkerProcess()


FRESH = Fresh()


class Warm:
    """Has the next jailed child ready and keeps the worker, for one grading at a time."""

    def __init__(self) -> None:
        self.next: Jailed | None = None
        self.kept: WorkerProcess | None = None
        self.capturing: Jailed | None = None  # of the grading under way
        self.checking: WorkerProcess | None = None
        self.closed = False
        self.changing = threading.Lock()  # a grading may run in another thread than `close`

    def __enter__(self) -> Self:
        self.next, self.kept = Jailed(CAPTURE), WorkerProcess()
        return self

    def __exit__(self, *exception: object) -> None:
        """End every process, whatever it is doing."""
        with self.changing:
            self.closed = True
        children = [self.next, self.kept, self.capturing, self.checking]
        for child in children:
            if child is not None:
                child.kill()  # all of them before any is waited for
        for child in children:
            if child is not None:
                child.close()

    @contextmanager
    def jailed(self) -> Iterator[Jailed]:
        """Hand out the child that is ready; once it has ended, start the one after it."""
        ready, self.next = self.next, None
        if ready is not None and ready.ended:  # as where the machine ran out of memory
            ready.close()
            ready = None
        self.capturing = ready = ready or Jailed(CAPTURE)
        try:
            with ready:
                yield ready
        finally:
            self.capturing = None
        # Only now: what loads torch would take time from the student's file. A machine that cannot
        # start it says so when it is needed.
        with self.changing, suppress(MachineError, OSError):
            self.next = None if self.closed else Jailed(CAPTURE)

    @contextmanager
    def worker(self) -> Iterator[WorkerProcess]:
        """Hand out the worker, and take it back if it can check once more."""
        kept, self.kept = self.kept, None
        if kept is not None and not kept.reusable:
            kept.close()
            kept = None
        self.checking = worker = kept or WorkerProcess()
        with ExitStack() as ending:
            ending.push(worker)
            try:
                yield worker
            finally:
                self.checking = None
            with self.changing:
                if worker.reusable and not self.closed:
                    worker.limit(None)
                    self.kept = worker
                    ending.pop_all()

    def abandon(self, checking: bool = False) -> None:
        """End the grading under way: nobody wants its verdict any more.

        A worker that is checking has mostly done so soon, and costs seconds to replace; so it is
        left alone, unless its end is asked for.
        """
        if (child := self.capturing) is not None:
            child.kill()
        if checking and (worker := self.checking) is not None:
            worker.kill()
