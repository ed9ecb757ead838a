"""Gradings of small files on practice digits, and what of a verdict must repeat."""

from dataclasses import replace
from pathlib import Path

from autograder.assignment import Assignment, read
from autograder.events import Watch, unwatched
from autograder.job import Job, Options
from autograder.pipeline import Keep, grade
from autograder.verdict import Verdict
from course.epoch import Epoch

KEY = bytes(range(32))  # one key for all who test: no luck


def rules(accuracy: str, epochs: int = 2) -> Assignment:
    """Return an assignment of the tests' own."""
    network = "[network]\nfewer_parameters_than = 2_000\n[recipe]\nmost_epochs = "
    text = f'name = "mine"\n{network}{epochs}\n[accuracy]\n{accuracy}'
    return read(text.encode(), "mine")


EASY = rules("percent = 15\nin_each_of_last_epochs = 1")


def practice_job(model: Path, by: Assignment = EASY, seeds: int = 1, threads: int = 0) -> Job:
    """Return the job of training a file on practice digits, on the processor."""
    options = Options(seeds=seeds, data="practice", device="cpu", threads=threads)
    return Job(model.read_bytes(), model.name, by, options, KEY)


def practise(
    model: Path,
    by: Assignment = EASY,
    seeds: int = 1,
    watch: Watch = unwatched,
    keep: Keep | None = None,
    threads: int = 0,
) -> Verdict:
    """Train a file on practice digits."""
    return grade(practice_job(model, by, seeds, threads), watch, keep)


def timeless(epoch: Epoch) -> Epoch:
    """Return an epoch without what no two runs share."""
    return replace(epoch, seconds=0, test_seconds=0)


def numbers(verdict: Verdict) -> list[list[Epoch]]:
    """Return what must repeat of a verdict's runs."""
    return [[timeless(epoch) for epoch in run.epochs] for run in verdict.runs]
