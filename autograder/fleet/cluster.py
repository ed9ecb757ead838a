"""Where one machine is not enough: the same gradings on a Dask cluster.

    engine = ClusterEngine(queue, key, "tcp://gpu-server:8786")

Dask only carries jobs to machines and verdicts back. What is to be graded and what came of it stays
in the database, so scheduler and workers may die at any moment: their rows are graded again.

What goes over the wire is unpickled at the other end, where it can do anything. So a cluster
belongs into a private network, or behind TLS, with nobody in it who is not trusted with the marks.
"""

import json
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass

import msgspec
from distributed import Client, get_worker

from autograder import events, pipeline
from autograder.events import Learned, Shown
from autograder.fleet.engines import Follow, Lost
from autograder.fleet.queue import Claim, Queue
from autograder.fleet.recorded import RecordedRuns, read_run, write_run
from autograder.job import Job
from autograder.results import archive
from autograder.results.home import HomeError
from autograder.verdict import Run, Verdict
from autograder.words import summary_of
from course.errors import MachineError

TOPIC = "under8k"  # of what workers tell while they grade
MOST_SENT = 1 << 20  # bytes of weights; those of a network of 20,000 numbers take 80,000
SECONDS = 30  # to reach the scheduler
GPU = "GPU"  # Dask's resource: a worker has one, or a share of it
Known = Mapping[int, str]  # recorded trainings of the same file, by their seeds


class ClusterEngine:
    """Grades wherever the cluster has a worker."""

    def __init__(self, queue: Queue, key: bytes, address: str) -> None:
        self.queue, self.key, self.address = queue, key, address
        self.recorded = {data: RecordedRuns(queue, data) for data in ("mnist", "practice")}
        self.following: dict[str, tuple[Claim, Follow]] = {}  # by claim_name
        try:
            self.client = Client(address, timeout=SECONDS, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            raise MachineError(
                f"expected a Dask scheduler at {address}, found {summary_of(error, 200)}; "
                "`dask scheduler` starts one and says its address"
            ) from None
        self.client.subscribe_topic(TOPIC, self.told)

    @property
    def slots(self) -> int:
        """A grading for each thread of each worker, and one that waits so that none is idle."""
        threads: dict[str, int] = self.client.nthreads()
        return sum(threads.values()) + 1

    def start(self, claim: Claim, follow: Follow) -> "Future[Verdict]":
        """Send a job to the cluster."""
        self.following[claim_name(claim)] = claim, follow
        known = self.queue.runs_of(claim)
        sent = self.client.submit(
            grade_there, claim.job(self.key), claim_name(claim), known, pure=False, retries=0
        )
        future: Future[Verdict] = Future()
        future.set_running_or_notify_cancel()
        sent.add_done_callback(lambda one: answer(future, one))
        return future

    def told(self, event: tuple[float, str]) -> None:
        """Follow what a worker tells."""
        name, kind, content = json.loads(event[1])
        if name not in self.following:
            return
        claim, follow = self.following[name]
        if kind == "run":
            fingerprint, run = content
            self.recorded[claim.ticket.options.data].add(fingerprint, read_run(run))
            self.queue.note(claim, fingerprint)
        elif kind == "learned":
            fingerprint, seed, learned = content
            with suppress(OSError, HomeError):
                found = msgspec.json.decode(learned, type=Learned)
                archive.keep_training(fingerprint, claim.ticket.options.data, seed, found)
        else:
            shown = events.decode(content.encode())
            follow(claim, shown)  # type: ignore[arg-type]  # only what is shown is sent

    def stop(self) -> None:
        """Leave the cluster; it forgets whatever this client asked for."""
        self.client.close(timeout=5)


def claim_name(claim: Claim) -> str:
    """Name one attempt at one row."""
    return f"{claim.number}.{claim.attempt}"


def answer(future: "Future[Verdict]", sent: object) -> None:
    """Hand on what came back; a cluster that lost it is no fault of the submission's."""
    status = getattr(sent, "status", "lost")
    if status == "finished":
        future.set_result(sent.result())  # type: ignore[attr-defined]
        return
    error = sent.exception() if status == "error" else None  # type: ignore[attr-defined]
    if error is None or type(error).__module__.startswith("distributed"):
        future.set_exception(Lost(summary_of(error, 200) if error else "the cluster lost it"))
    else:
        future.set_exception(error)


# ---- at the worker ------------------------------------------------------------------------------


@dataclass
class Teller:
    """What a worker finds recorded, and what it tells; a `Recorded` of pipeline.py."""

    name: str
    known: Known
    fingerprint: str = ""  # of the network and recipe that are asked for

    def find(self, fingerprint: str, seed: int) -> Run | None:
        """Return a training that was sent along."""
        self.fingerprint = fingerprint
        return read_run(self.known[seed]) if seed in self.known else None

    def add(self, fingerprint: str, run: Run) -> None:
        """Tell of a training that came to its end, so that whoever dies now loses no more."""
        self.tell("run", [fingerprint, write_run(run)])

    def keep(self, seed: int, learned: Learned) -> None:
        """Send what a training has learned; large weights stay behind, since Dask keeps a log."""
        if len(learned.weights) > MOST_SENT:
            return
        self.tell("learned", [self.fingerprint, seed, msgspec.json.encode(learned).decode()])

    def follow(self, event: Shown) -> None:
        """Tell what a screen shows of a training under way."""
        if isinstance(event, events.RunStarted | events.TrainingStarted | events.EpochDone):
            self.tell("event", events.encode(event).decode())

    def tell(self, kind: str, content: object) -> None:
        """Send something to whoever asked for this grading."""
        get_worker().log_event(TOPIC, json.dumps([self.name, kind, content]))


def grade_there(job: Job, name: str, known: Known) -> Verdict:
    """Grade one submission at a worker."""
    teller = Teller(name, known)
    return pipeline.grade(job, teller.follow, teller.keep, teller)
