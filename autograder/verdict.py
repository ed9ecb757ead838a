"""The verdict: one versioned document, rendered to JSON, a terminal or a notebook."""

import html
import json
import math
from dataclasses import asdict, dataclass, field
from statistics import fmean, stdev
from typing import Any

SCHEMA = 1
CHECKS = (
    *("readable", "interface", "parameters", "no-dense", "required", "recipe", "cost"),
    *("training", "time", "accuracy"),
)
SKIPPED = "skipped: a check before it failed"
VERIFIED_SEEDS = 3  # an entry is verified when at least so many runs were made and all passed


@dataclass(frozen=True)
class Check:
    """One check: what was expected, what was found, and what to do about it."""

    id: str
    status: str  # "pass", "fail", "skip" or "error"
    expected: str = ""
    found: str = ""
    message: str = ""
    hint: str = ""
    line: int | None = None


@dataclass(frozen=True)
class Run:
    """One training with one seed: its epochs as recorded, and whether they pass."""

    seed: int
    passed: bool
    seconds: dict[str, float]  # training, testing, and getting ready
    epochs: list[dict[str, Any]]

    def last_accuracies(self, last: int) -> list[float]:
        """Return the test accuracies of the last epochs; of the best one where one is enough."""
        values = [epoch["test_correct"] / epoch["test_total"] for epoch in self.epochs]
        return values[-last:] if last else [max(values)] if values else []


@dataclass(frozen=True)
class Verdict:
    """What the grader says of one submission. `to_dict` is its stable form."""

    assignment: dict[str, Any]
    submission: dict[str, Any]
    checks: list[Check]
    runs: list[Run] = field(default_factory=list)
    grader: dict[str, Any] = field(default_factory=dict)
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
        whole = self.trained and len(self.runs) == self.seeds
        return whole and self.ok and all(run.passed for run in self.runs)

    @property
    def ok(self) -> bool:
        """No check failed so far."""
        return all(check.status in ("pass", "skip") for check in self.checks)

    @property
    def verified(self) -> bool:
        """Enough seeds were run for luck to be unlikely, and all of them passed."""
        return self.passed and len(self.runs) >= VERIFIED_SEEDS

    @property
    def ranked(self) -> bool:
        """Only the real test set counts on a leaderboard."""
        return self.passed and self.data == "mnist"

    @property
    def last(self) -> int:
        """How many last epochs the assignment looks at; 0 where one epoch is enough."""
        return int(self.assignment["last_epochs"])

    @property
    def mean_accuracy(self) -> float | None:
        """The mean accuracy over the last epochs of every run."""
        values = [value for run in self.runs for value in run.last_accuracies(self.last)]
        return fmean(values) if values else None

    @property
    def spread(self) -> float | None:
        """The deviation between seeds of each run's mean accuracy, where there are several."""
        means = [fmean(values) for run in self.runs if (values := run.last_accuracies(self.last))]
        return stdev(means) if len(means) > 1 else None

    @property
    def seconds(self) -> float:
        """The mean training time of a run."""
        return fmean(run.seconds["training"] for run in self.runs) if self.runs else 0.0

    @property
    def exit_code(self) -> int:
        """0 passed, 1 failed, 3 unreadable, 4 time limit, 5 a fault of the grader or machine."""
        bad = next((c for c in self.checks if c.status in ("fail", "error")), None)
        if bad is None:
            return 0 if self.passed or not self.trained else 1
        if bad.status == "error":
            return 5
        return {"readable": 3, "interface": 3, "time": 4}.get(bad.id, 1)

    def to_dict(self) -> dict[str, Any]:
        """Return the whole verdict as plain JSON."""
        return {
            "schema": SCHEMA,
            "passed": self.passed,
            "verified": self.verified,
            "ranked": self.ranked,
            "seeds": self.seeds,
            "grader": self.grader,
            "jail": self.jail,
            "device": self.device,
            "data": self.data,
            "assignment": self.assignment,
            "submission": self.submission,
            "checks": [asdict(check) for check in self.checks],
            "runs": [asdict(run) for run in self.runs],
            "mean_accuracy": self.mean_accuracy,
            "spread": self.spread,
        }

    def to_json(self) -> str:
        """Write the verdict as JSON; a loss that is not a number becomes null."""
        return json.dumps(finite(self.to_dict()), indent=1, allow_nan=False)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Verdict":
        """Rebuild a verdict from its JSON, where a loss that is no number stands as null."""
        for run in data["runs"]:
            for epoch in run["epochs"]:
                epoch |= {key: math.nan for key, value in epoch.items() if value is None}
        return cls(
            assignment=data["assignment"],
            submission=data["submission"],
            checks=[Check(**check) for check in data["checks"]],
            runs=[Run(**run) for run in data["runs"]],
            grader=data["grader"],
            jail=data["jail"],
            device=data["device"],
            data=data["data"],
            seeds=data["seeds"],
        )

    def headline(self) -> str:
        """Say in one line how it ended."""
        bad = next((c for c in self.checks if c.status in ("fail", "error")), None)
        if bad is not None:
            return bad.message or f"{bad.id}: expected {bad.expected}, found {bad.found}"
        if not self.trained:
            return "every check without training passed"
        seeds = len(self.runs)
        how = f"verified on {seeds} seeds" if self.verified else f"{seeds} seed{'s' * (seeds > 1)}"
        mean = f"{100 * self.mean_accuracy:.2f}%" if self.mean_accuracy is not None else ""
        return f"{self.submission.get('parameters', 0):,} parameters, {mean} ({how})"

    def _repr_html_(self) -> str:
        """Render the verdict in a notebook."""
        marks = {"pass": "✓", "fail": "✗", "skip": "–", "error": "!"}
        rows = "".join(
            f"<tr><td>{marks[c.status]}</td><td style='text-align:left'><b>{c.id}</b></td>"
            f"<td style='text-align:left'>{html.escape(c.message or c.found)}"
            f"{'<br><i>' + html.escape(c.hint) + '</i>' if c.hint else ''}</td></tr>"
            for c in self.checks
        )
        word = ("Passed" if self.passed else "Not passed") if self.trained else "Checked"
        return (
            f"<div><b>{word}: {html.escape(self.headline())}</b>"
            f"<table>{rows}</table>{'' if self.data != 'practice' else PRACTICE}</div>"
        )


PRACTICE = "<p>Practice digits: this is not a ranked result.</p>"


def finite(value: Any) -> Any:
    """Replace numbers that JSON does not know by null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return value
