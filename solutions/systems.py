"""Every reference system and every step of the ladder: its file, its record, what was reported.

    [system.name for system in SYSTEMS]          # as systems.toml lists them
    system.record()                              # the grader's verdict, or None
    passes(system.record(), load("under-8k"))    # judged by exact counts, from the record alone

A record is the document that the grader wrote; it counts as long as the model's graph and recipe
are the ones it was made of.
"""

import json
import math
import re
import tomllib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from typing import Literal

import torch

from autograder.assignment import Assignment, count_of, load
from autograder.capture.entry import capture, prepare
from autograder.checks.study import Study
from autograder.graph import fingerprint
from autograder.judging import reaches
from autograder.verdict import Verdict
from course.recipe import Recipe
from course.records import mean_accuracy
from course.rows import Point

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class System:
    """One model.py: how it is recorded, and what its reference reported."""

    name: str  # its folder: "ladder/01_stock"
    parameters: int | None = None  # as stated exactly
    stated: str = ""  # in words, where it was not exact
    train: float | None = None  # percent
    test: float | None = None  # percent
    note: str = ""
    seeds: int = 3
    rules: str = "rules.toml"

    @property
    def folder(self) -> Path:
        """Where its files lie."""
        return HERE / self.name

    @property
    def model(self) -> Path:
        """The file that the grader is given."""
        return self.folder / "model.py"

    @property
    def title(self) -> str:
        """Its folder's own name in words, without a step's number."""
        name = self.name.rpartition("/")[2].replace("_", " ")
        return re.sub(r"^\d\d ", "", name)

    def assignment(self) -> Assignment:
        """Return the rules it is recorded with."""
        return load(HERE / self.rules if self.rules.endswith(".toml") else self.rules)

    def record(self) -> Verdict | None:
        """Return what the grader wrote of it, if it has been recorded."""
        path = self.folder / "result.json"
        return Verdict.from_dict(json.loads(path.read_text("utf-8"))) if path.is_file() else None

    def study(self) -> Study:
        """Capture it as it is now; our own file needs no jail."""
        torch.set_num_threads(1)
        prepare()
        submission = capture(self.model.read_bytes())
        study = Study(submission, self.assignment(), torch.device("cpu"))
        study.recipe = Recipe.read(submission.recipe)
        return study

    def fingerprint(self) -> str:
        """Hash the network and recipe as they are now."""
        study = self.study()
        recipe = study.recipe.as_dict() if study.recipe else None
        return fingerprint.of_submission(study.graph, recipe)

    def is_recorded(self, seeds: int, data: str = "mnist") -> bool:
        """Return whether its record is of this network, recipe, rules and data, with enough seeds.

        A changed sentence or comment makes no record stale; a changed number does.
        """
        record = self.record()
        return (
            record is not None
            and record.data == data
            and len(record.runs) >= seeds
            and record.assignment.sha256 == self.assignment().sha256
            and record.submission.fingerprint == self.fingerprint()
        )


def read_systems() -> tuple[System, ...]:
    """Read systems.toml."""
    tables = tomllib.loads((HERE / "systems.toml").read_text("utf-8"))
    return tuple(System(name, **table) for name, table in tables.items())


SYSTEMS = read_systems()


def part(*beginnings: str) -> tuple[System, ...]:
    """Return the systems whose names begin so, in their order."""
    return tuple(system for system in SYSTEMS if system.name.startswith(beginnings))


LADDER, SEEDS, BESIDE = part("ladder/", "under_8k", "upright"), part("seeds/"), part("beside/")
FRONTIER = part("frontier/")


def dense(record: Verdict) -> str:
    """Say what a record found: "dense", "whole map" (the same arithmetic, but allowed) or "no"."""
    if any(layer.operation == "linear" for layer in record.submission.layers or ()):
        return "dense"
    [found] = [check for check in record.checks if check.id == "no-dense"]
    return "whole map" if "covers its whole" in found.message else "no"


def sees(record: Verdict) -> int:
    """Return how many rows a value sees: of those that are averaged, or a score where none are."""
    layers = record.submission.layers or ()
    for layer, after in pairwise(layers):
        averages = "avg_pool2d" in after.operation or after.operation == "mean"
        if averages and math.prod(after.shape[1:]) == 1:
            return layer.receptive_field
    return layers[-1].receptive_field


def passes(record: Verdict, rules: Assignment) -> bool:
    """Return whether a record passes under an assignment, perhaps another than it was made with."""
    return may_enter(record, rules) and all(reaches(rules, run.epochs) for run in record.runs)


def passes_on_average(record: Verdict, rules: Assignment) -> bool:
    """Return whether it would pass if the mean of all its seeds were what counts."""
    counts = [epoch for run in record.runs for epoch in run.epochs[-max(1, rules.last_epochs) :]]
    right, images = (
        sum(getattr(epoch, name) for epoch in counts) for name in ("test_correct", "test_total")
    )
    return may_enter(record, rules) and right >= count_of(rules.percent, images)


def may_enter(record: Verdict, rules: Assignment) -> bool:
    """Return whether an assignment allows a recorded network and its recipe.

    What an assignment may also require (BatchNorm, augmentation) is left out: no shipped one does.
    """
    submission, found = record.submission, dense(record)
    return (
        (submission.parameters or 0) < rules.fewer_parameters_than
        and (found != "dense" or rules.dense_allowed)
        and (found != "whole map" or rules.whole_map_allowed)
        and epochs_of(record) <= rules.most_epochs
    )


def epochs_of(record: Verdict) -> int:
    """Return how many epochs a record's recipe asks for."""
    return Recipe.read(record.submission.recipe).epochs


def accuracy(record: Verdict, kind: Literal["test", "train"]) -> float:
    """Average the "test" or "train" accuracy of the last epochs over all seeds, in percent."""
    return 100 * mean_accuracy([run.epochs for run in record.runs], kind)


def best(record: Verdict) -> float:
    """Average each seed's best epoch, in percent: what references report, of one seed."""
    return 100 * fmean(max(epoch.test_accuracy for epoch in run.epochs) for run in record.runs)


def point(record: Verdict, name: str, group: str) -> Point:
    """Return a record as a point in the figure of accuracy against parameters."""
    return {
        "name": name,
        "group": group,
        "parameters": record.submission.parameters or 0,
        "accuracy": accuracy(record, "test") / 100,
        "passed": record.passed,
        "spread": record.spread or 0,
    }
