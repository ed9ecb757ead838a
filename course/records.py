"""The recorded runs of solutions/: what the grader measured once, so that no lesson has to wait.

    goal = record("under_8k")            # solutions/under_8k/result.json
    goal.parameters, goal.accuracy       # 7578, 0.9959
    curves(goal.runs)                    # every epoch of every seed

A record is the document that `autograde submit … --json` wrote. One switch retrains everything:
with AUTOGRADE_RETRAIN=1 in the environment (in a notebook: %env AUTOGRADE_RETRAIN=1), a record
is made anew by the grader, from the model.py beside it, where it is first asked for. It is kept in
the user's cache folder, so that ten lessons train a network once.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from platformdirs import user_cache_path

HERE = Path(__file__).resolve().parent
# In a checkout, beside this package; in an installed package, inside it (setup.py puts them there).
FOLDERS = (HERE.parent / "solutions", HERE / "recorded")
LADDER = ("ladder/*", "under_8k")  # the course's networks, from the first lesson to the last
LAST = 3  # epochs over which accuracies are averaged: one alone says little


class RecordError(Exception):
    """A sentence: which record was asked for, and which there are."""


@dataclass(frozen=True)
class Record:
    """One network's recorded trainings, one for each seed."""

    name: str  # the folder below solutions/: "ladder/01_stock"
    verdict: dict[str, Any]

    @property
    def title(self) -> str:
        """Name it in a figure: the folder's own name, in words."""
        return self.name.rpartition("/")[2].replace("_", " ")

    @property
    def parameters(self) -> int:
        """How many numbers the network stores."""
        return int(self.verdict["submission"]["parameters"])

    @property
    def runs(self) -> list[list[dict[str, Any]]]:
        """The epochs of every run, as course.figures.plots.curves draws them."""
        return [run["epochs"] for run in self.verdict["runs"]]

    @property
    def accuracies(self) -> list[float]:
        """The mean test accuracy of each run's last three epochs."""
        return [mean_accuracy([run]) for run in self.runs]

    @property
    def accuracy(self) -> float:
        """Their mean."""
        return mean_accuracy(self.runs)

    @property
    def train_accuracy(self) -> float:
        """The mean accuracy on the training digits, of the same epochs."""
        return mean_accuracy(self.runs, "train")

    @property
    def multiply_adds(self) -> int:
        """The work for one image."""
        return int(self.verdict["submission"]["multiply_adds"])

    @property
    def passed(self) -> bool:
        """Whether it met the rules of the assignment that it was recorded with."""
        return bool(self.verdict["passed"])

    @property
    def seconds(self) -> float:
        """The training time of one run, on `device`."""
        return fmean(run["seconds"]["training"] for run in self.verdict["runs"])

    @property
    def device(self) -> str:
        """Where it was recorded: "AMD EPYC, 1 thread"."""
        return str(self.verdict["device"])

    def point(self) -> dict[str, Any]:
        """Return the record as course.figures.plots.frontier draws it."""
        spread = {"spread": stdev(self.accuracies)} if len(self.runs) > 1 else {}
        counts = {"parameters": self.parameters, "accuracy": self.accuracy}
        return {"name": self.title, "passed": self.passed, **counts, **spread}


def mean_accuracy(runs: Iterable[list[dict[str, Any]]], kind: str = "test") -> float:
    """Average the "test" or "train" accuracy over the last epochs of all runs."""
    last = [epoch for run in runs for epoch in run[-LAST:]]
    return fmean(epoch[f"{kind}_correct"] / epoch[f"{kind}_total"] for epoch in last)


def record(name: str) -> Record:
    """Return one record by its folder's name below solutions/."""
    path = _folder() / name / "result.json"
    if not path.is_file():
        raise RecordError(f"there is no record {name!r}: the names are {', '.join(names())}")
    verdict = json.loads(path.read_text("utf-8"))
    if retraining():
        verdict = _retrained(path.with_name("model.py"), verdict)
    return Record(name, verdict)


def retraining() -> bool:
    """Tell whether everything is to be trained here."""
    return os.environ.get("AUTOGRADE_RETRAIN", "") not in ("", "0")


def names(*patterns: str) -> list[str]:
    """List the records whose names match, in the order of the patterns; all of them without."""
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


def _folder() -> Path:
    found = next((folder for folder in FOLDERS if folder.is_dir()), None)
    if found is None:
        places = " nor ".join(map(str, FOLDERS))
        raise RecordError(f"expected the recorded runs, found neither {places}; reinstall under8k")
    return found


def _retrained(model: Path, verdict: dict[str, Any]) -> dict[str, Any]:
    """Let the grader train it here, once, with the rules that it was recorded with."""
    digest = hashlib.sha256(model.read_bytes()).hexdigest()[:16]
    kept = user_cache_path("under8k", appauthor=False) / "retrained" / f"{digest}.json"
    if not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(_trained(model, verdict), "utf-8")
    found: dict[str, Any] = json.loads(kept.read_text("utf-8"))
    return found


def _trained(model: Path, verdict: dict[str, Any]) -> str:
    """Train a network by the grader's own pipeline."""
    from autograder.assignment import Assignment
    from autograder.pipeline import grade

    return grade(model, Assignment.from_dict(verdict["assignment"])).to_json()
