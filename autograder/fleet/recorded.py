"""Trainings that are done already: what a stopped batch, a copy and new thresholds need not repeat.

A training's numbers follow from network, recipe, data and seed, and the seed from the class's key
and the network. So who hands in the same network under other names is given the same numbers, a
batch that was killed goes on with the seeds that are missing, and where only a threshold changed
nothing is trained at all.
"""

import json
import math
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict

import msgspec
from sqlalchemy import select

from autograder.events import Learned
from autograder.results import archive
from autograder.results.home import HomeError
from autograder.results.jobs import RecordedRun
from autograder.results.store import Store, insert_once
from autograder.verdict import Run, finite

Training = tuple[str, int]  # the fingerprint of network and recipe, and a seed


class RecordedRuns:
    """The trainings on one kind of data that a database holds, for several gradings at once."""

    def __init__(self, store: Store, data: str) -> None:
        self.store, self.data = store, data
        self.under_way: set[Training] = set()
        self.changed = threading.Condition()

    @contextmanager
    def one_grading(self) -> Iterator["OneGrading"]:
        """Let one grading find and record; at its end it holds up no other."""
        one = OneGrading(self)
        try:
            yield one
        finally:
            self.release(one.own)

    def release(self, trainings: Iterable[Training]) -> None:
        """Let others do these trainings, or find them done."""
        with self.changed:
            self.under_way.difference_update(trainings)
            self.changed.notify_all()

    def look_up(self, fingerprint: str, seed: int) -> Run | None:
        """Read a training from the database."""
        with self.store.reading() as session:
            found = session.scalar(
                select(RecordedRun.run_json).where(
                    RecordedRun.fingerprint == fingerprint,
                    RecordedRun.data == self.data,
                    RecordedRun.seed == seed,
                )
            )
        return read_run(found) if found is not None else None

    def add(self, fingerprint: str, run: Run) -> None:
        """Write a training into the database, once."""
        content = {"fingerprint": fingerprint, "data": self.data, "seed": run.seed}
        with self.store.writing() as session:
            insert_once(session, RecordedRun, {**content, "run_json": write_run(run)})


class OneGrading:
    """What one grading may ask for, and record; a `Recorded` of pipeline.py."""

    def __init__(self, runs: RecordedRuns) -> None:
        self.runs = runs
        self.own: list[Training] = []  # this grading does them; another one waits

    def keep(self, seed: int, learned: Learned) -> None:
        """Keep what a training has learned, before it is recorded; without room, do without."""
        fingerprint = next(one for one, number in self.own if number == seed)
        with suppress(OSError, HomeError):
            archive.keep_training(fingerprint, self.runs.data, seed, learned)

    def find(self, fingerprint: str, seed: int) -> Run | None:
        """Return a training that is done, or leave it to this grading to do.

        Where another grading is at the same training, as with a copy that was handed in as well,
        wait for it. All ask for their seeds in the same order, so no two wait for each other.
        """
        training = fingerprint, seed
        with self.runs.changed:
            self.runs.changed.wait_for(lambda: training not in self.runs.under_way)
            self.runs.under_way.add(training)
        self.own.append(training)
        found = self.runs.look_up(fingerprint, seed)
        if found is not None:
            self.runs.release([training])
        return found

    def add(self, fingerprint: str, run: Run) -> None:
        """Record a training that has come to its end."""
        self.runs.add(fingerprint, run)
        self.runs.release([(fingerprint, run.seed)])


def write_run(run: Run) -> str:
    """Write a training as JSON."""
    return json.dumps(finite(asdict(run)), allow_nan=False)


def read_run(text: str) -> Run:
    """Read a training from its JSON, where a loss that was NaN stands as null."""
    document = json.loads(text)
    for epoch in document["epochs"]:
        epoch |= {key: math.nan for key, value in epoch.items() if value is None}
    return msgspec.convert(document, Run)
