"""The verdict: one versioned document, rendered to JSON, a terminal or a notebook."""

import html
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import fmean, stdev
from typing import Literal, get_args

import msgspec

from autograder.assignment import Assignment
from course.epoch import Epoch
from course.errors import ExitCode
from course.rows import Row
from course.validators import counted

SCHEMA = 1
CheckId = Literal[
    "readable",
    "interface",
    "parameters",
    "no-dense",
    "required",
    "recipe",
    "cost",
    "training",
    "time",
    "accuracy",
    "note",  # a remark beside the checks
]
CHECKS: tuple[CheckId, ...] = get_args(CheckId)[:-1]
Status = Literal["pass", "fail", "skip", "error"]  # error: the grader's or the machine's fault
SKIPPED = "skipped: a check before it failed"
VERIFIED_SEEDS = 3  # an entry is verified when it has this many runs or more, and all passed


@dataclass(frozen=True)
class Check:
    """One check: what was expected, what was found, and what to do about it."""

    id: CheckId
    status: Status
    expected: str = ""
    found: str = ""
    message: str = ""
    hint: str = ""
    line: int | None = None
    cell: int | None = None  # of a notebook; `line` counts from its top

    @property
    def bad(self) -> bool:
        """Whether this check keeps a submission from passing."""
        return self.status in ("fail", "error")

    @property
    def words(self) -> str:
        """What to say of it: a failure's message says it all, a pass is told by what was found."""
        if self.status == "pass" and self.message and self.found:
            return f"{self.found} · {self.message}"
        return self.message or self.found or self.expected


@dataclass(frozen=True)
class Seconds:
    """Where a run's time went."""

    training: float = 0.0
    testing: float = 0.0
    preparation: float = 0.0  # loading the digits
    recording: float = 0.0  # a GPU's step


@dataclass(frozen=True)
class Run:
    """One training with one seed: its epochs as recorded, and whether they pass."""

    seed: int
    passed: bool
    seconds: Seconds
    epochs: tuple[Epoch, ...]

    def last_accuracies(self, last: int) -> list[float]:
        """Return the test accuracies of the last epochs; of the best one where one is enough."""
        values = [epoch.test_accuracy for epoch in self.epochs]
        return values[-last:] if last else [max(values)] if values else []


@dataclass(frozen=True)
class SubmissionReport:
    """What was handed in, and what it was found to be; a file that cannot be read is only named."""

    file: str
    sha256: str
    network: str | None = None
    notes: tuple[str, ...] = ()
    fingerprint: str | None = None
    parameters: int | None = None
    recipe: dict[str, object] | None = None
    multiply_adds: int | None = None
    receptive_field: int | None = None
    layers: tuple[Row, ...] | None = None

    def to_dict(self) -> dict[str, object]:
        """Return it as plain JSON, without what was never found out."""
        if self.network is None:
            return {"file": self.file, "sha256": self.sha256}
        always = ("recipe",)  # null where it cannot be followed
        return {k: v for k, v in asdict(self).items() if v is not None or k in always}


@dataclass(frozen=True)
class Grader:
    """What graded: versions, and whatever else the numbers depend on."""

    version: str = ""
    torch: str = ""
    python: str = ""
    instructions: str = ""  # the processor's widest vectors in use: "AVX512"
    engine: str = ""  # which of the two training loops


@dataclass(frozen=True)
class Verdict:
    """What the grader says of one submission. `to_dict` is its stable form."""

    assignment: Assignment
    submission: SubmissionReport
    checks: tuple[Check, ...]
    runs: tuple[Run, ...] = ()
    grader: Grader = field(default_factory=Grader)
    jail: str = ""
    device: str = ""
    data: str = ""
    seeds: int = 0  # trainings asked for; 0: a check without training

    @property
    def trained(self) -> bool:
        """Whether this is a submission, and not a check alone."""
        return self.seeds > 0

    @property
    def passed(self) -> bool:
        """Every check passed, and every run that was asked for."""
        # A run that a fault cut short is missing here, and without it nothing has passed.
        whole = self.trained and len(self.runs) == self.seeds
        return whole and self.ok and all(run.passed for run in self.runs)

    @property
    def first_bad(self) -> Check | None:
        """The check that decided against the submission, if one did."""
        return next((check for check in self.checks if check.bad), None)

    @property
    def ok(self) -> bool:
        """No check failed so far."""
        return self.first_bad is None

    @property
    def verified(self) -> bool:
        """Enough seeds were run for luck to be unlikely, and all of them passed."""
        return self.passed and len(self.runs) >= VERIFIED_SEEDS

    @property
    def ranked(self) -> bool:
        """Whether it may stand on a leaderboard: it passed, on the real test set."""
        return self.passed and self.data == "mnist"

    @property
    def finished(self) -> bool:
        """Every run that counts came to its end, and no fault of ours stopped one."""
        # One that does not pass may be the last: with it, all that was asked for is decided.
        whole = len(self.runs) == self.seeds or any(not run.passed for run in self.runs)
        return whole and self.exit_code != ExitCode.FAULT

    @property
    def last(self) -> int:
        """How many last epochs the assignment looks at; 0 where one epoch is enough."""
        return self.assignment.last_epochs

    @property
    def mean_accuracy(self) -> float | None:
        """The mean accuracy over the last epochs of every run."""
        values = [value for run in self.runs for value in run.last_accuracies(self.last)]
        return fmean(values) if values else None

    @property
    def spread(self) -> float | None:
        """The standard deviation, over runs, of their mean accuracies."""
        means = [fmean(values) for run in self.runs if (values := run.last_accuracies(self.last))]
        return stdev(means) if len(means) > 1 else None

    @property
    def seconds(self) -> float:
        """The mean training time of a run."""
        return fmean(run.seconds.training for run in self.runs) if self.runs else 0.0

    @property
    def exit_code(self) -> ExitCode:
        """How a command that reaches this verdict ends."""
        bad = self.first_bad
        if bad is None:
            # No check failed, and yet a training that was asked for may be missing.
            return ExitCode.PASSED if self.passed or not self.trained else ExitCode.FAILED
        if bad.status == "error":
            return ExitCode.FAULT
        ends: dict[CheckId, ExitCode] = {
            "readable": ExitCode.UNREADABLE,
            "interface": ExitCode.UNREADABLE,
            "time": ExitCode.TIME,
        }
        return ends.get(bad.id, ExitCode.FAILED)

    def to_dict(self) -> dict[str, object]:
        """Return the whole verdict as plain JSON."""
        return {
            "schema": SCHEMA,
            "passed": self.passed,
            "verified": self.verified,
            "ranked": self.ranked,
            "seeds": self.seeds,
            "grader": {name: value for name, value in asdict(self.grader).items() if value},
            "jail": self.jail,
            "device": self.device,
            "data": self.data,
            "assignment": self.assignment.as_dict(),
            "submission": self.submission.to_dict(),
            "checks": [asdict(check) for check in self.checks],
            "runs": msgspec.to_builtins(self.runs),
            "mean_accuracy": self.mean_accuracy,
            "spread": self.spread,
        }

    def to_json(self) -> str:
        """Write the verdict as JSON; a loss that is NaN becomes null."""
        return json.dumps(finite(self.to_dict()), indent=1, allow_nan=False)

    def to_line(self) -> str:
        """Write it so that no room is lost, as a database keeps it."""
        return json.dumps(finite(self.to_dict()), separators=(",", ":"), allow_nan=False)

    @classmethod
    def from_dict(cls, document: Mapping[str, object]) -> "Verdict":
        """Rebuild a verdict from its JSON, where a loss that was NaN stands as null."""
        copy = json.loads(json.dumps(document))  # the caller's document stays as it is
        for run in copy["runs"]:
            for epoch in run["epochs"]:
                epoch |= {key: math.nan for key, value in epoch.items() if value is None}
        return msgspec.convert(copy, cls)

    def headline(self) -> str:
        """Say in one line how it ended."""
        if (bad := self.first_bad) is not None:
            return bad.message or f"{bad.id}: expected {bad.expected}, found {bad.found}"
        if not self.trained:
            return "every check without training passed"
        seeds = len(self.runs)
        how = f"verified on {seeds} seeds" if self.verified else counted(seeds, "seed")
        mean = f"{100 * self.mean_accuracy:.2f}%" if self.mean_accuracy is not None else ""
        return f"{self.submission.parameters or 0:,} parameters, {mean} ({how})"

    def _repr_html_(self) -> str:
        """Render the verdict in a notebook."""
        word = ("Passed" if self.passed else "Not passed") if self.trained else "Checked"
        practice = PRACTICE if self.data == "practice" else ""
        return (
            f"<div><b>{word}: {html.escape(self.headline())}</b>"
            f"<table>{''.join(_html_rows(self.checks))}</table>{practice}</div>"
        )


PRACTICE = "<p>Practice digits: this is not a ranked result.</p>"
MARKS: dict[Status, str] = {"pass": "✓", "fail": "✗", "skip": "–", "error": "!"}


def _html_rows(checks: Sequence[Check]) -> Iterator[str]:
    """Write each check as a row of a table."""
    for check in checks:
        hint = f"<br><i>{html.escape(check.hint)}</i>" if check.hint else ""
        yield (
            f"<tr><td>{MARKS[check.status]}</td>"
            f"<td style='text-align:left'><b>{check.id}</b></td>"
            f"<td style='text-align:left'>{html.escape(check.message or check.found)}{hint}</td>"
            "</tr>"
        )


def finite(value: object) -> object:
    """Replace numbers that JSON does not know by null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return value
