"""Take one answer through reading, every check and a training of a few steps, as a worker does.

    graded = Grading().take(data)     # Graded(stage="trained", faults=[])

A fault is whatever no foreseen refusal is: an exception that gets out or is passed off as the
network's, a check that ends as the grader's error, words that no terminal or JSON should see, an
answer that takes too long.
"""

import io
import json
import signal
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import FrameType
from typing import Any, Literal

import torch

from autograder import events
from autograder.assignment import Assignment, load
from autograder.checks import order
from autograder.events import (
    Checked,
    ChecksDone,
    Described,
    EpochDone,
    Event,
    Fault,
    RunDone,
    TrainingRefused,
    TrainingStarted,
)
from autograder.verdict import Check, Run, Seconds, SubmissionReport, Verdict
from autograder.workers import worker as workers
from autograder.workers.requests import CheckRequest, TrainRequest
from autograder.workers.worker import Worker
from course import practice
from course.data import Digits

Stage = Literal["refused", "checked", "runs", "ready", "trained"]  # how far an answer came
STAGES: tuple[Stage, ...] = ("refused", "checked", "runs", "ready", "trained")
LONGEST = 60  # seconds of work that any answer may take here
STEPS = 2  # of an epoch
RULES: tuple[Assignment, ...] = (
    load("under-8k"),
    load("under-8k"),
    replace(load("under-8k"), whole_map_allowed=False),
    load("under-15k"),
    replace(load("under-20k"), require=("batch_norm", "dropout", "global_pooling")),
    replace(load("under-20k"), fewer_parameters_than=10**9, require_augmentation=True),
)


class TooSlow(BaseException):
    """An answer takes too long; nothing that handles exceptions may catch this."""


@dataclass
class Graded:
    """What became of an answer."""

    stage: Stage = "refused"
    faults: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)  # why it was refused, or failed
    told: list[Event] = field(default_factory=list)
    seconds: float = 0.0

    def checks(self) -> dict[str, Check]:
        return {event.check.id: event.check for event in self.told if isinstance(event, Checked)}

    def report(self) -> SubmissionReport | None:
        found = [event.submission for event in self.told if isinstance(event, Described)]
        return found[-1] if found else None


class Grading:
    """A worker in this process, and digits for a few steps."""

    def __init__(self) -> None:
        torch.set_num_threads(1)
        images, labels = practice.draw(512, seed=5)
        x, y = torch.from_numpy(images), torch.from_numpy(labels).long()
        self.digits = Digits("practice", x[:-64], y[:-64], x[-64:], y[-64:])

    def take(self, data: bytes, rules: Assignment, train: bool) -> Graded:
        """Grade one answer, every fault caught."""
        graded, begun = Graded(), time.process_time()
        try:
            with at_most(LONGEST), confessing(graded):
                worker = Worker(io.BytesIO(), Told(graded))
                worker.check(CheckRequest(rules, "cpu", 1, 1, LONGEST), data)
                self.judge_checks(graded, worker)
                if train and graded.stage == "ready":
                    self.train(graded, worker)
                to_json(graded, rules)
        except TooSlow:
            graded.faults.append(f"slow: more than {LONGEST} seconds of work")
        except Exception as error:
            graded.faults.append(f"escaped: {described(error)}")
        graded.seconds = time.process_time() - begun
        return graded

    def judge_checks(self, graded: Graded, worker: Worker) -> None:
        """See how far the checks came, and what they said."""
        checks = graded.checks()
        done = [event for event in graded.told if isinstance(event, ChecksDone)]
        if worker.study is not None:
            passed = checks["interface"].status == "pass"
            graded.stage = "ready" if done and done[-1].ready else "runs" if passed else "checked"
            report = graded.report()
            if passed and (report is None or report.layers is None):
                graded.faults.append("a network that runs has no table of layers")
        if not done:
            graded.faults.append("the checks do not end")
        for check in checks.values():
            if check.status == "error":
                graded.faults.append(f"error: {check.id}: {check.message}")
            if check.bad:
                graded.said.append(f"{check.id}: {check.message or check.found}")

    def train(self, graded: Graded, worker: Worker) -> None:
        """Train for a few steps."""
        assert worker.study is not None
        assert worker.study.recipe is not None
        batch = worker.study.recipe.batch_size
        images = min(len(self.digits.train_labels), max(64, STEPS * batch))
        worker.digits = replace(
            self.digits,
            train_images=self.digits.train_images[:images],
            train_labels=self.digits.train_labels[:images],
        )
        worker.train(TrainRequest(((0, 12345),), "practice", 1e6, keep=True, helped=False))
        for event in graded.told:
            match event:
                case TrainingRefused(message):
                    graded.said.append(f"training: {message}")
                case Fault(message):
                    graded.faults.append(f"error: training: {message}")
                case RunDone():
                    graded.stage = "trained"
        if graded.stage != "trained" and not graded.said and not graded.faults:
            graded.faults.append("the training does not end")


class Told(io.RawIOBase):
    """Where a worker writes its events: each is read as the parent reads it."""

    def __init__(self, graded: Graded) -> None:
        self.graded = graded

    def write(self, line: Any) -> int:
        self.graded.told.append(events.decode(bytes(line)))
        return len(line)


def not_json(constant: str) -> float:
    raise AssertionError(f"{constant} is no JSON")


def to_json(graded: Graded, rules: Assignment) -> None:
    """Write the whole verdict as JSON, read it back, and look for what no text may hold."""
    epochs = tuple(event.epoch for event in graded.told if isinstance(event, EpochDone))
    started = any(isinstance(event, TrainingStarted) for event in graded.told)
    verdict = Verdict(
        assignment=rules,
        submission=graded.report() or SubmissionReport("model.py", "0" * 64),
        checks=tuple(graded.checks().values()),
        runs=(Run(12345, False, Seconds(), epochs),) if started else (),
        data="practice",
        seeds=1,
    )
    text = verdict.to_json()
    document = json.loads(text, parse_constant=not_json)
    text.encode()
    Verdict.from_dict(document)
    for words in strings(document):
        if not words.isprintable():
            graded.faults.append(f"unprintable: {words!r:.100}")


def strings(document: Any) -> Iterator[str]:
    """Yield every text of a document, its keys too."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict):
        yield from document
        for item in document.values():
            yield from strings(item)
    elif isinstance(document, list):
        for item in document:
            yield from strings(item)


# ---- what is passed off as the network's ---------------------------------------------------------

# What torch raises about a network comes as one of these, from within an operation.
OURS = (AssertionError, AttributeError, KeyError, NameError, TypeError, IndexError, RecursionError)


@contextmanager
def confessing(graded: Graded) -> Iterator[None]:
    """Note what a check or a training caught and put down to the network."""
    before = order.summary_of, workers.summary_of

    def in_a_check(error: BaseException, most: int) -> str:
        # The check `interface` knows torch's complaints, and what passes it runs.
        graded.faults.append(f"caught by a check: {described(error)}")
        return before[0](error, most)

    def in_a_training(error: BaseException, most: int) -> str:
        if isinstance(error, OURS):
            graded.faults.append(f"caught by a training: {described(error)}")
        return before[1](error, most)

    order.summary_of, workers.summary_of = in_a_check, in_a_training
    try:
        yield
    finally:
        order.summary_of, workers.summary_of = before


def described(error: BaseException) -> str:
    """Say what was raised, and where in our code."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if "/autograder/" in f.filename or "/course/" in f.filename]
    at = ", ".join(f"{f.filename.rpartition('/')[2]}:{f.lineno}" for f in own[-3:])
    words = (str(error).splitlines() or [""])[0]
    return f"{type(error).__name__}: {words[:160]} ({at})"


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """Raise TooSlow where the work within takes longer."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
