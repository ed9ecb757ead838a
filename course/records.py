"""The recorded runs of solutions/: what the grader measured once, so that no lesson has to wait.

    goal = record("under_8k")            # solutions/under_8k/result.json
    goal.parameters, goal.accuracy       # 7578, 0.9959
    draw_curves(goal.runs)               # every epoch of every seed

A record is the verdict that `autograde submit … --json` wrote. `autograde retrain` trains the same
networks on this machine and keeps their verdicts in the user's cache folder. With
AUTOGRADE_RETRAIN=1 in the environment (in a notebook: %env AUTOGRADE_RETRAIN=1) the lessons take
those instead.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from statistics import fmean, stdev
from typing import Literal, TypedDict

import msgspec
from platformdirs import user_cache_path

from course.epoch import Epoch
from course.errors import UsageError
from course.files import write_whole
from course.rows import Ledger, Point, Row

HERE = Path(__file__).resolve().parent
# In a checkout, beside this package; in an installed package, inside it (pyproject.toml).
FOLDERS = (HERE.parent / "solutions", HERE / "recorded")
LADDER = ("ladder/*", "under_8k")  # the course's networks, from the first lesson to the last
RECORDED = "recorded here"  # the group of these in a figure that shows others' reports as well
LAST = 3  # epochs over which accuracies are averaged: one alone says little


class RecordError(UsageError):
    """The recorded run that was asked for is not there."""


class _Submission(TypedDict):
    fingerprint: str
    parameters: int
    multiply_adds: int
    receptive_field: int
    layers: list[dict[str, object]]


class _Run(TypedDict):
    seconds: dict[str, float]
    epochs: list[dict[str, float | None]]  # None: a loss that was no number; JSON has no NaN


class Document(TypedDict):
    """A recorded verdict as JSON, as far as it is read here; autograder/verdict.py writes it."""

    passed: bool
    device: str
    assignment: dict[str, object]
    submission: _Submission
    runs: list[_Run]


@dataclass(frozen=True)
class Record:
    """One network's recorded trainings, one for each seed."""

    name: str  # the folder below solutions/: "ladder/01_stock"
    verdict: Document

    @property
    def title(self) -> str:
        """Its name in a figure: the folder's own name, in words."""
        return self.name.rpartition("/")[2].replace("_", " ")

    @property
    def parameters(self) -> int:
        """How many numbers the network stores."""
        return self.verdict["submission"]["parameters"]

    @cached_property
    def epochs(self) -> list[list[Epoch]]:
        """The epochs of every run."""
        return [[_epoch(found) for found in run["epochs"]] for run in self.verdict["runs"]]

    @property
    def runs(self) -> list[list[dict[str, float]]]:
        """The epochs of every run as plain data, which lessons read and figures draw."""
        return [[asdict(epoch) for epoch in run] for run in self.epochs]

    @property
    def accuracies(self) -> list[float]:
        """The mean test accuracy of each run's last three epochs."""
        return [mean_accuracy([run]) for run in self.epochs]

    @property
    def accuracy(self) -> float:
        """The mean of these over all runs."""
        return mean_accuracy(self.epochs)

    @property
    def train_accuracy(self) -> float:
        """The mean accuracy on the training digits in the same epochs."""
        return mean_accuracy(self.epochs, "train")

    @property
    def multiply_adds(self) -> int:
        """The work for one image."""
        return self.verdict["submission"]["multiply_adds"]

    @property
    def ledger(self) -> Ledger:
        """The table of its layers."""
        found = self.verdict["submission"]
        layers = msgspec.convert(found["layers"], tuple[Row, ...])
        return Ledger(layers, found["receptive_field"], activations=0)  # which no verdict keeps

    @property
    def passed(self) -> bool:
        """Whether it met the rules of the assignment that it was recorded with."""
        return self.verdict["passed"]

    @property
    def seconds(self) -> float:
        """The training time of one run, on `device`."""
        return fmean(run["seconds"]["training"] for run in self.verdict["runs"])

    @property
    def device(self) -> str:
        """Where it was recorded: "AMD EPYC, 1 thread"."""
        return self.verdict["device"]

    def point(self) -> Point:
        """Return the record as a point in the figure of accuracy against parameters."""
        point: Point = {
            "name": self.title,
            "passed": self.passed,
            "parameters": self.parameters,
            "accuracy": self.accuracy,
        }
        if len(self.epochs) > 1:
            point["spread"] = stdev(self.accuracies)
        return point


@dataclass(frozen=True)
class Reported:
    """What somebody reports of a network that was not trained here."""

    name: str
    parameters: int
    percent: float
    epochs: int
    note: str  # of what it is the accuracy
    dense: bool = False  # whether it has a dense layer

    def point(self) -> Point:
        """Return it as a point in the figure of accuracy against parameters."""
        return {
            "name": self.name,
            "passed": False,
            "parameters": self.parameters,
            "accuracy": self.percent / 100,
            "group": "reported by others",  # beside RECORDED
            "reported": True,
        }


def reported() -> list[Reported]:
    """Return what others report of networks below 8,000 parameters, the smallest first."""
    [file] = (f for folder in FOLDERS if (f := folder / "reported.toml").is_file())
    return [Reported(**one) for one in tomllib.loads(file.read_text("utf-8"))["result"]]


def others() -> list[Point]:
    """Return what others report, as points of a figure."""
    return [one.point() for one in reported()]


def _epoch(found: Mapping[str, float | None]) -> Epoch:
    values = {key: math.nan if value is None else value for key, value in found.items()}
    return msgspec.convert(values, Epoch)


def mean_accuracy(
    runs: Iterable[Sequence[Epoch]], kind: Literal["test", "train"] = "test"
) -> float:
    """Average the test or train accuracy over the last epochs of all runs."""
    last = [epoch for run in runs for epoch in run[-LAST:]]
    return fmean(epoch.test_accuracy if kind == "test" else epoch.train_accuracy for epoch in last)


# ---- finding records ----------------------------------------------------------------------------


def record(name: str) -> Record:
    """Return one record by its folder's name below solutions/."""
    folder = _place(name)
    return Record(name, _retrained(name) if retraining() else _read(folder / "result.json"))


def names(*patterns: str) -> list[str]:
    """List the records whose names match, in the order of the patterns; all, if there are none."""
    folder = _folder()
    found = [
        str(path.parent.relative_to(folder).as_posix())
        for pattern in patterns or ("**",)
        for path in sorted(folder.glob(f"{pattern}/result.json"))
    ]
    return list(dict.fromkeys(found))


def matching(*patterns: str) -> list[Record]:
    """Return the records whose names match, in the order of the patterns: at least one for each."""
    return [record(name) for pattern in patterns for name in names(pattern) or [pattern]]


def ladder() -> list[Record]:
    """Return the course's own networks, lesson by lesson."""
    return matching(*LADDER)


def recorded(name: str) -> tuple[Path, Document]:
    """Return a record's model.py, and the verdict that solutions/ keeps of it."""
    folder = _place(name)
    return folder / "model.py", _read(folder / "result.json")


def _place(name: str) -> Path:
    folder = _folder() / name
    if not (folder / "result.json").is_file():
        raise RecordError(f"there is no record {name!r}: the names are {', '.join(names())}")
    return folder


def _folder() -> Path:
    found = next((folder for folder in FOLDERS if folder.is_dir()), None)
    if found is None:
        places = " nor ".join(map(str, FOLDERS))
        raise RecordError(f"expected the recorded runs, found neither {places}; reinstall under8k")
    return found


def _read(path: Path) -> Document:
    document: Document = json.loads(path.read_text("utf-8"))  # the grader wrote it
    return document


# ---- trained on this machine --------------------------------------------------------------------


def retraining() -> bool:
    """Return whether lessons show what was trained on this machine."""
    return os.environ.get("AUTOGRADE_RETRAIN", "") not in ("", "0")


def keep_retrained(name: str, text: str) -> Path:
    """Keep a verdict's JSON as what this machine recorded, and return the file."""
    return write_whole(_kept(name), text.encode())


def missing_here() -> list[str]:
    """List the records that this machine has not trained yet."""
    return [name for name in names() if not _kept(name).is_file()]


def _retrained(name: str) -> Document:
    path = _kept(name)
    if not path.is_file():
        raise RecordError(
            f"expected a training of {name} on this machine, since AUTOGRADE_RETRAIN is set; found"
            f" none: run `autograde retrain {name}`, or `autograde retrain` for all records"
        )
    return _read(path)


def _kept(name: str) -> Path:
    # Named after the file's content: another network is another training.
    digest = hashlib.sha256((_place(name) / "model.py").read_bytes()).hexdigest()[:16]
    return user_cache_path("under8k", appauthor=False) / "retrained" / f"{digest}.json"
