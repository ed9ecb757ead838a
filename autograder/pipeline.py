"""The pipeline: model.py in, verdict out.

    source ─▶ jail ─▶ worker: checks ─▶ worker: one training a seed ─▶ verdict

Two children start at once, so that both load torch side by side: the jail that will run the
student's code, and the worker that will check and train what comes out of it. This process
touches neither the code nor the data; it passes bytes on and collects findings. Whoever wants to
watch (the terminal, a server) is handed each event as it comes.
"""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.assignment import DEFAULT, Assignment, AssignmentError, load
from autograder.jail.parent import Jailed, Limits, Outcome
from autograder.results.home import seeds as derive_seeds
from autograder.verdict import CHECKS, SKIPPED, Check, Run, Verdict
from autograder.words import printable
from autograder.workers.lanes import CHECK_SECONDS, Arrangement, Training, follow
from autograder.workers.process import WorkerProcess

MOST_BYTES = 2**20  # of a model.py; the largest real one seen was a hundredth of it
Watch = Callable[[dict[str, Any]], None]


class UsageError(Exception):
    """A sentence about wrong use: no such file, a folder, an unknown choice."""


@dataclass
class Grading:
    """One submission on its way to a verdict, filled in by events."""

    assignment: Assignment
    submission: dict[str, Any]
    watch: Watch
    checks: list[Check] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    grader: dict[str, Any] = field(default_factory=dict)
    jail: str = ""
    device: str = ""
    data: str = ""
    seeds: int = 0  # asked for

    def add(self, check: Check) -> None:
        """Take a finding and show it."""
        self.checks.append(check)
        self.watch({"event": "check", "check": check})

    def next(self) -> str:
        """Name the first check that has no finding yet."""
        found = {check.id for check in self.checks}
        return next(name for name in CHECKS if name not in found and name != "required")

    def failed(self) -> bool:
        """Tell whether a check failed."""
        return any(check.status in ("fail", "error") for check in self.checks)

    def verdict(self) -> Verdict:
        """Return what has been found."""
        return Verdict(
            assignment=self.assignment.as_dict(),
            submission=self.submission,
            checks=self.checks,
            runs=self.runs,
            grader=self.grader,
            jail=self.jail,
            device=self.device,
            data=self.data,
            seeds=self.seeds,
        )


def check(
    path: str | Path,
    assignment: str | Path | Assignment = DEFAULT,
    *,
    net: str | None = None,
    device: str = "auto",
    threads: int = 0,
    watch: Watch = lambda event: None,
) -> Verdict:
    """Run every check that needs no training on a model.py."""
    return run(path, assignment, net=net, device=device, threads=threads, watch=watch)


def grade(
    path: str | Path,
    assignment: str | Path | Assignment = DEFAULT,
    *,
    net: str | None = None,
    seeds: int = 1,
    data: str = "mnist",
    device: str = "auto",
    threads: int = 0,
    watch: Watch = lambda event: None,
) -> Verdict:
    """Check a model.py, train it with `seeds` seeds of the grader's choice, and judge it."""
    if not 1 <= seeds <= 100:
        raise UsageError(f"expected 1 to 100 seeds, found {seeds}")
    if data not in ("mnist", "practice"):
        raise UsageError(f"expected data to be mnist or practice, found {data!r}")
    return run(
        path,
        assignment,
        net=net,
        seeds=seeds,
        data=data,
        device=device,
        threads=threads,
        watch=watch,
    )


def run(
    path: str | Path,
    assignment: str | Path | Assignment,
    *,
    net: str | None,
    device: str,
    threads: int,
    watch: Watch,
    seeds: int = 0,
    data: str = "",
) -> Verdict:
    """Take one submission through the pipeline; without seeds, up to the training."""
    if not re.fullmatch(r"auto|cpu|cuda(:\d+)?", device):
        raise UsageError(f"expected the device to be auto, cpu or cuda, found {device!r}")
    rules = assignment if isinstance(assignment, Assignment) else load(assignment)
    source = read_source(path)
    submission = {"file": Path(path).name, "sha256": hashlib.sha256(source).hexdigest()}
    grading = Grading(rules, submission, watch, data=data, seeds=seeds)
    watch({"event": "read", "source": source})
    # Each sees a deadline of its own; the jail starts first, since its work is the longer.
    with Jailed("autograder.capture.entry", Limits()) as jailed, WorkerProcess() as worker:
        watch({"event": "started"})
        jailed.send(json.dumps({"net": net}).encode() + b"\n" + source)
        outcome = jailed.wait()
        grading.jail = outcome.jail
        if outcome.status == "ok" and outcome.result:
            request = {"assignment": rules.as_dict(), "device": device, "threads": threads}
            request |= {"do": "check", "seeds": seeds}
            arrangement = check_data(grading, worker, request, outcome.result)
            if seeds and arrangement is not None:
                train(grading, worker, arrangement)
        else:
            grading.add(died(outcome))
        judge(grading)
    return grading.verdict()


def read_source(path: str | Path) -> bytes:
    """Read a student's file, or say why it cannot be one."""
    path = Path(path)
    try:
        if path.is_dir():
            raise UsageError(f"expected a file such as model.py, found the folder {path}")
        if path.suffix == ".ipynb":
            raise UsageError(f"expected a Python file, found the notebook {path}; export it first")
        with path.open("rb") as file:
            source = file.read(MOST_BYTES + 1)
    except OSError as error:
        why = (error.strerror or "cannot be read").lower()
        raise UsageError(f"expected a file such as model.py, found {path}: {why}") from None
    if len(source) > MOST_BYTES:
        raise UsageError(f"expected at most {MOST_BYTES >> 10} KB of Python, found more in {path}")
    return source


def died(outcome: Outcome) -> Check:
    """Say what happened to a child that gave no answer."""
    if not outcome.ready:
        message = f"the jail could not start: {outcome.reason}"
        hint = printable((outcome.output.strip().splitlines() or [""])[-1], 200)
        return Check(
            "readable", "error", message=message, hint=hint or "`autograde doctor` may know"
        )
    reasons = {
        "timeout": "the file was still running at the time limit",
        "memory": "the file needs more memory than a submission may have",
        "too-much": "the file sent more data than any network needs",
        "died": f"the file ended its process ({outcome.reason})",
        "ok": "the file ended its process before its network could be read",
    }
    hint = 'put work that runs when the file is opened under `if __name__ == "__main__":`'
    return Check("readable", "fail", message=reasons[outcome.status], hint=hint)


def check_data(
    grading: Grading, worker: WorkerProcess, request: dict[str, Any], captured: bytes
) -> Arrangement | None:
    """Let the worker check what came out of the jail; return how to train it, if it may be."""
    worker.ask(request, captured, seconds=CHECK_SECONDS)
    for event in worker.events():
        match event.pop("event"):
            case "machine":
                grading.device, grading.grader = event["device"], event["versions"]
            case "check":
                grading.add(Check(**event))
            case "submission":
                grading.submission |= event
                grading.watch({"event": "submission", **event})
            case "fault":
                grading.add(Check(grading.next(), "error", message=event["message"]))
                return None
            case "checked":
                if not event["ready"]:
                    return None
                return Arrangement(
                    data=grading.data,
                    limit=grading.assignment.seconds,
                    lanes=event["lanes"],
                    together=event["together"],
                    check=(request, captured),
                )
    grading.add(Check(grading.next(), "error", message=worker.ending("checking")))
    return None


def train(grading: Grading, worker: WorkerProcess, arrangement: Arrangement) -> None:
    """Train once with each seed, collecting what comes of it."""
    chosen = derive_seeds(grading.submission["fingerprint"], grading.seeds)
    trainings = [Training(number, seed) for number, seed in enumerate(chosen)]
    for event in follow(worker, trainings, arrangement):
        match event["event"]:
            case "fault":
                grading.add(Check("training", "error", message=event["message"]))
            case "refused":
                grading.add(Check("training", "fail", message=event["message"]))
            case "engine":
                grading.grader["engine"] = event["engine"]
            case _:
                grading.watch({**event, "of": len(trainings)})
    for training in trainings:
        if training.done or training.late:
            passed = training.done and reaches(grading.assignment, training.epochs)
            run = Run(training.seed, passed, training.seconds, training.epochs)
            grading.runs.append(run)


def reaches(rules: Assignment, epochs: list[dict[str, Any]]) -> bool:
    """Tell whether a run's epochs are accurate enough: exact counts, no rounding."""
    enough = [epoch["test_correct"] >= rules.needed(epoch["test_total"]) for epoch in epochs]
    if not rules.last_epochs:
        return any(enough)
    return len(enough) > 0 and all(enough[-rules.last_epochs :])


def judge(grading: Grading) -> None:
    """Turn the runs into the last three checks; what has no finding by now is skipped."""
    for _, judged in JUDGES:
        if grading.runs and not grading.failed():
            grading.add(judged(grading))
    found = {check.id for check in grading.checks}
    for name in CHECKS if grading.failed() else ():
        if name not in found and name != "required" and (grading.seeds or name not in TRAINED):
            grading.add(Check(name, "skip", message=SKIPPED))


def judge_training(grading: Grading) -> Check:
    """The loss stayed a number in every epoch."""
    lost = [
        epoch["epoch"]
        for run in grading.runs
        for epoch in run.epochs
        if not abs(epoch["train_loss"]) < float("inf")
    ]
    epochs = grading.submission["recipe"]["epochs"]
    if lost:
        message = f"the loss stopped being a number in epoch {lost[0]}"
        hint = "a lower learning rate, a longer warm-up, or BatchNorm keeps it finite"
        return Check("training", "fail", f"{epochs} epochs", f"{lost[0]}", message, hint)
    found = " + ".join(str(len(run.epochs)) for run in grading.runs)
    return Check("training", "pass", f"{epochs} epochs a run", f"{found} epochs")


def judge_time(grading: Grading) -> Check:
    """Training and testing ended within the assignment's limit."""
    limit = grading.assignment.seconds
    longest = max(run.seconds["training"] + run.seconds["testing"] for run in grading.runs)
    expected, found = f"at most {limit:,.0f} s a run", f"{longest:,.1f} s"
    epochs, made = grading.submission["recipe"]["epochs"], min(len(r.epochs) for r in grading.runs)
    if longest <= limit and made == epochs:
        return Check("time", "pass", expected, found)
    message = f"training took longer than {limit:,.0f} s"
    if made < epochs:
        found = f"stopped at {limit:,.0f} s, behind epoch {made} of {epochs}"
        message = f"training was {found}"
    hint = "pool earlier or use fewer channels: multiply-adds are what takes time"
    return Check("time", "fail", expected, found, message, hint)


def judge_accuracy(grading: Grading) -> Check:
    """Every run read enough test digits in every epoch that counts."""
    rules = grading.assignment
    total = grading.runs[0].epochs[0]["test_total"]
    needed = rules.needed(total)
    where = f"each of the last {rules.last_epochs} epochs" if rules.last_epochs else "one epoch"
    expected = f"{needed:,} of {total:,} in {where}"
    lowest = min((lowest_count(rules, run) for run in grading.runs), key=lambda found: found[0])
    found = f"{lowest[0]:,} in epoch {lowest[1]}"
    missed = [run for run in grading.runs if not run.passed]
    if not missed:
        return Check("accuracy", "pass", expected, f"{lowest[0]:,} at least")
    of = f" ({len(grading.runs) - len(missed)} of {len(grading.runs)} seeds pass)"
    message = f"{found} is {needed - lowest[0]} too few" + (of if len(grading.runs) > 1 else "")
    return Check("accuracy", "fail", expected, found, message, advice(missed[0], needed, total))


def lowest_count(rules: Assignment, run: Run) -> tuple[int, int]:
    """Return the count that decides a run, and its epoch."""
    counts = [(epoch["test_correct"], epoch["epoch"]) for epoch in run.epochs]
    return min(counts[-rules.last_epochs :]) if rules.last_epochs else max(counts)


def advice(run: Run, needed: int, total: int) -> str:
    """Say what to try next, from how training and test accuracy compare."""
    last = run.epochs[-1]
    trained = last["train_correct"] / last["train_total"]
    tested = last["test_correct"] / total
    if abs(last["test_correct"] - needed) <= 0.0008 * total:
        return (
            "this is within one standard error (0.08 points) of the line: aim for a margin, with "
            "averaged weights or a rate that falls to zero"
        )
    if trained > tested + 0.003:
        return "it reads training digits better than test digits: try augmentation"
    return (
        "it has not learned the training digits either: spend parameters where maps are large, "
        "or raise the peak rate"
    )


JUDGES: tuple[tuple[str, Callable[[Grading], Check]], ...] = (
    ("training", judge_training),
    ("time", judge_time),
    ("accuracy", judge_accuracy),
)
TRAINED = {name for name, _ in JUDGES}

__all__ = ["Assignment", "AssignmentError", "UsageError", "check", "grade"]
