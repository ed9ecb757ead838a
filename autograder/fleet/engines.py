"""Who grades: threads of this process, each of which follows a grading's own processes.

An engine only executes. What is to be graded, and what came of it, is in the database (queue.py);
so an engine may die at any moment, and another kind may take its place (cluster.py).
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

from autograder import pipeline
from autograder.events import Shown
from autograder.fleet.queue import Claim, Queue
from autograder.fleet.recorded import RecordedRuns
from autograder.verdict import Verdict

Follow = Callable[[Claim, Shown], None]  # is told what happens in each grading


class Lost(Exception):
    """An engine lost a grading, by no fault of the submission's or the grader's."""


class Engine(Protocol):
    """Something that grades several submissions at once."""

    @property
    def slots(self) -> int:
        """How many at once."""

    def start(self, claim: Claim, follow: Follow) -> "Future[Verdict]":
        """Begin to grade."""

    def stop(self) -> None:
        """Begin nothing more; what is under way is left alone, and ends with this process."""


class LocalEngine:
    """Grades on this machine."""

    def __init__(self, queue: Queue, key: bytes, slots: int) -> None:
        self.queue, self.key, self.slots = queue, key, slots
        # A grading's processes end with the thread that started them, so threads last.
        self.threads = ThreadPoolExecutor(slots, thread_name_prefix="grading")
        self.recorded = {data: RecordedRuns(queue, data) for data in ("mnist", "practice")}

    def start(self, claim: Claim, follow: Follow) -> "Future[Verdict]":
        """Begin to grade in a thread; it mostly waits for its processes."""
        return self.threads.submit(self.grade, claim, follow)

    def grade(self, claim: Claim, follow: Follow) -> Verdict:
        """Grade one submission, but for trainings that are recorded already."""
        job = claim.job(self.key)
        with self.recorded[job.options.data].one_grading() as recorded:
            return pipeline.grade(job, lambda e: follow(claim, e), recorded.keep, recorded)

    def stop(self) -> None:
        """Begin nothing more."""
        self.threads.shutdown(wait=False, cancel_futures=True)
