"""What finished trainings are worth: exact counts against the assignment's line, no rounding."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from autograder.assignment import Assignment
from autograder.verdict import Check, CheckId, Run, Verdict
from course.epoch import Epoch
from course.errors import ExitCode
from course.validators import counted

STANDARD_ERROR = 0.0008  # of an accuracy near 99.4% on 10,000 digits
GUESSING = math.log(10)  # the loss of whoever gives each digit the same probability


def reaches(rules: Assignment, epochs: Sequence[Epoch]) -> bool:
    """Return whether a run's epochs are accurate enough."""
    enough = [epoch.test_correct >= rules.needed(epoch.test_total) for epoch in epochs]
    if not rules.last_epochs:
        return any(enough)
    return len(enough) > 0 and all(enough[-rules.last_epochs :])


def judge(rules: Assignment, epochs: int, runs: Sequence[Run]) -> Iterator[Check]:
    """Judge finished runs of `epochs` epochs each; stop after the first check that fails.

    Each judge's docstring is the claim that it checks.
    """
    for judged in (judge_training, judge_time, judge_accuracy):
        check = judged(rules, epochs, runs)
        yield check
        if check.bad:
            return


def judge_training(rules: Assignment, epochs: int, runs: Sequence[Run]) -> Check:
    """The loss stayed a number in every epoch."""
    lost = [e.epoch for run in runs for e in run.epochs if not math.isfinite(e.train_loss)]
    if lost:
        message = f"the loss stopped being a number in epoch {lost[0]}"
        hint = "a lower learning rate, a longer warm-up, or BatchNorm keeps it finite"
        return Check("training", "fail", counted(epochs, "epoch"), f"{lost[0]}", message, hint)
    made = " + ".join(counted(len(run.epochs), "epoch") for run in runs)
    return Check("training", "pass", f"{counted(epochs, 'epoch')} a run", made)


def judge_time(rules: Assignment, epochs: int, runs: Sequence[Run]) -> Check:
    """Training and testing ended within the assignment's limit."""
    limit = rules.seconds
    longest = max(run.seconds.training + run.seconds.testing for run in runs)
    expected, found = f"at most {limit:,.0f} s a run", f"{longest:,.1f} s"
    made = min(len(run.epochs) for run in runs)
    if longest <= limit and made == epochs:
        return Check("time", "pass", expected, found)
    message = f"training took longer than {limit:,.0f} s"
    if made < epochs:
        found = f"stopped at {limit:,.0f} s, after epoch {made} of {epochs}"
        message = f"training was {found}"
    hint = "pool earlier or use fewer channels: multiply-adds are what takes time"
    return Check("time", "fail", expected, found, message, hint)


def judge_accuracy(rules: Assignment, epochs: int, runs: Sequence[Run]) -> Check:
    """Every run read enough test digits in every epoch that counts."""
    total = runs[0].epochs[0].test_total  # there is one, or judge_time would have failed
    needed = rules.needed(total)
    expected = f"{needed:,} of {total:,} in {rules.where}"
    lowest, epoch = min(deciding_count(rules, run) for run in runs)
    found = f"{lowest:,} in epoch {epoch}"
    missed = [run for run in runs if not run.passed]
    if not missed:
        return Check("accuracy", "pass", expected, f"{lowest:,} at least")
    of = f" ({len(runs) - len(missed)} of {len(runs)} seeds pass)" if len(runs) > 1 else ""
    message = f"{found} is {needed - lowest:,} too few{of}"
    return Check("accuracy", "fail", expected, found, message, next_step(missed[0], needed, total))


def deciding_count(rules: Assignment, run: Run) -> tuple[int, int]:
    """Return the count that decides a run, and its epoch."""
    counts = [(epoch.test_correct, epoch.epoch) for epoch in run.epochs]
    return min(counts[-rules.last_epochs :]) if rules.last_epochs else max(counts)


def next_step(run: Run, needed: int, total: int) -> str:
    """Say what to try next, from how training and test accuracy compare."""
    last = run.epochs[-1]
    for loss in (last.train_loss, last.test_loss):
        if not loss <= GUESSING:  # nor where it is NaN
            ended = f"its last loss of {loss:.3g} is worse than a guess's {GUESSING:.2f}"
            return f"{ended}: lower the peak rate, or let it warm up longer"
    if last.train_accuracy < 0.2:
        return "it reads hardly more than a guess: try a tenth of the peak rate, then ten times it"
    if abs(last.test_correct - needed) <= STANDARD_ERROR * total:
        return (
            "this is within one standard error (0.08 points) of the line: aim for a margin, with "
            "averaged weights or a rate that falls to zero"
        )
    if last.train_accuracy > last.test_accuracy + 0.003:
        return "it reads training digits better than test digits: try augmentation, or more of it"
    return (
        "it has not learned the training digits either: spend parameters where maps are large, "
        "or raise the peak rate"
    )


def untouched_by_accuracy(rules: Assignment) -> dict[str, object]:
    """Return what of the rules has a say in anything but whether the epochs are accurate enough."""
    said = ("name", "title", "percent", "last_epochs", "sha256", "marking")
    return {key: value for key, value in rules.as_dict().items() if key not in said}


def rejudged(verdict: Verdict, rules: Assignment, all_seeds: bool = True) -> Verdict | None:
    """Judge recorded epochs by another accuracy to reach; None where that needs more than them."""
    other = untouched_by_accuracy(rules) != untouched_by_accuracy(verdict.assignment)
    if other or verdict.exit_code == ExitCode.FAULT:
        return None
    recipe = verdict.submission.recipe
    if not verdict.runs or recipe is None:
        return replace(verdict, assignment=rules)
    epochs = recipe["epochs"]
    assert isinstance(epochs, int)
    runs: list[Run] = []
    for run in verdict.runs:
        passed = len(run.epochs) == epochs and reaches(rules, run.epochs)
        runs.append(replace(run, passed=passed))
        if not (passed or all_seeds):
            break
    checks = [check for check in verdict.checks if check.id not in TRAINED]
    checks += judge(rules, epochs, runs)
    again = replace(verdict, assignment=rules, runs=tuple(runs), checks=tuple(checks))
    return again if again.finished else None


TRAINED: tuple[CheckId, ...] = ("training", "time", "accuracy")  # checks that need a training
