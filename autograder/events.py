"""What happens on the way to a verdict, told as it happens.

A worker writes these as JSON lines, the pipeline reads them and hands them on, and whoever watches
(the terminal, a log, a page) shows them. Reading one is an exhaustive `match`: an event that is
misspelled, or that somebody forgot to handle, is a type error and not silence.

    match event:
        case EpochDone(run, epoch):
            ...
        case _ as never:
            assert_never(never)
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import get_args

import msgspec

from autograder.verdict import Check, Grader, SubmissionReport
from course.epoch import Epoch

SURE = 255  # the byte that stands for a probability of 1

# ---- from the pipeline, to whoever watches ------------------------------------------------------


@dataclass(frozen=True)
class Started:
    """Both processes were started."""

    source: bytes  # the student's file, so that a watcher can quote its lines


@dataclass(frozen=True)
class Checked:
    """A check has its finding."""

    check: Check


@dataclass(frozen=True)
class Described:
    """The submission has been read: its layers, its count, its remarks."""

    submission: SubmissionReport


@dataclass(frozen=True)
class RunStarted:
    """A worker has been asked for a run; it may still have to load the digits."""

    run: int
    seed: int


# ---- from a worker that trains, and on to whoever watches ---------------------------------------


@dataclass(frozen=True)
class TrainingStarted:
    """The digits are there and the first step comes next: from here on it is the student's time."""

    runs: tuple[int, ...]
    epochs: int
    steps: int  # of one run, over all its epochs
    preparation: float  # seconds that loading the digits took
    recording: float  # seconds that a GPU's step took to record


@dataclass(frozen=True)
class StepDone:
    """A run has come this far."""

    run: int
    step: int


@dataclass(frozen=True)
class EpochDone:
    """A run has ended an epoch."""

    run: int
    epoch: Epoch


@dataclass(frozen=True)
class RunDone:
    """A run has come to its end."""

    run: int


# ---- from a worker, for the pipeline alone ------------------------------------------------------


@dataclass(frozen=True)
class MachineKnown:
    """What the worker trains on, and with which versions.

    Told twice: at once, and again when the number of threads and the rounding are decided.
    """

    device: str
    grader: Grader


@dataclass(frozen=True)
class ChecksDone:
    """All checks have their findings; how to train, if training may begin."""

    ready: bool
    lanes: int  # workers side by side
    together: bool  # all seeds in one worker


@dataclass(frozen=True)
class Answers:
    """What one trained network answers to the test images, a byte each."""

    read: bytes  # the digit
    sure: bytes  # its probability, in 255ths

    @classmethod
    def from_bytes(cls, content: bytes) -> "Answers":
        """Take apart what `to_bytes` wrote."""
        half = len(content) // 2
        return cls(content[:half], content[half:])

    def to_bytes(self) -> bytes:
        """Write all digits, then all probabilities."""
        return self.read + self.sure


@dataclass(frozen=True)
class Learned:
    """What one training leaves besides its numbers: the weights that were tested, their answers.

    It is kept apart from the verdict, which is a document of a few kilobytes.
    """

    weights: bytes  # a safetensors file (graph/trained.py)
    answers: Answers


@dataclass(frozen=True)
class RunLearned:
    """What a run has learned, told before it is done, where it was asked for.

    Its bytes are base64 in JSON, like all others: the stock network's 25 megabytes take a quarter
    of a second that way.
    """

    run: int
    learned: Learned


@dataclass(frozen=True)
class EngineChosen:
    """Which training loop runs."""

    engine: str


@dataclass(frozen=True)
class TurnDone:
    """A worker has trained all the seeds that it was asked for."""


@dataclass(frozen=True)
class TrainingRefused:
    """The network cannot be trained, which is the student's to mend."""

    message: str


@dataclass(frozen=True)
class TimeUp:
    """A training has used up its seconds of work."""


@dataclass(frozen=True)
class Fault:
    """The grader or the machine failed, which is nothing of the student's."""

    message: str


# ---- from a lane, the thread that follows a worker ----------------------------------------------


@dataclass(frozen=True)
class LaneIdle:
    """A lane finds nothing left to train."""


# A new event goes into the union of whoever sends it, and into Shown if a watcher gets it. LaneIdle
# stays out: it is passed between threads and never written.

# What a grading shows while it runs.
Shown = (
    Started | Checked | Described | RunStarted | TrainingStarted | StepDone | EpochDone | RunDone
)
Watch = Callable[[Shown], None]
# What a worker tells while it checks, and while it trains.
FromChecking = MachineKnown | Checked | Described | ChecksDone | Fault
Progress = TrainingStarted | EngineChosen | StepDone | EpochDone | RunLearned | RunDone
FromTraining = Progress | TurnDone | TrainingRefused | TimeUp | Fault
Event = Shown | FromChecking | FromTraining


def unwatched(event: Shown) -> None:
    """Watch a grading that nobody looks at."""


# ---- the one encoding ---------------------------------------------------------------------------


def event_name(kind: type) -> str:
    """Return the name of an event in JSON: EpochDone is "epoch_done"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__name__).lower()


KINDS: dict[str, type] = {event_name(kind): kind for kind in get_args(Event)}


def encode(event: Event) -> bytes:
    """Write an event as one line of JSON."""
    content = msgspec.to_builtins(event)
    return json.dumps({"event": event_name(type(event)), **content}).encode() + b"\n"


def decode(line: bytes) -> Event:
    """Read an event from its line. NaN survives, because Python's json writes and reads it."""
    content = json.loads(line)
    event: Event = msgspec.convert(content, KINDS[content.pop("event")])
    return event
