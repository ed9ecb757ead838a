"""The worker: a process that checks and trains, and may die without taking the grader along.

It starts while the jail still captures, so that both load torch at once. Then it reads requests
(requests.py) from its standard input and writes events (events.py) to its standard output. The
captured bytes that it is given may be hostile; what it writes is the grader's own.
"""

import math
import os
import platform
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import BinaryIO, assert_never

import torch
from torch import nn

import course
from autograder import events
from autograder.checks.order import study_all
from autograder.checks.places.again import Measured
from autograder.checks.study import Study
from autograder.checks.untrained import accuracy_untrained, complaint
from autograder.events import (
    SURE,
    Answers,
    Checked,
    ChecksDone,
    Described,
    EngineChosen,
    EpochDone,
    Fault,
    Learned,
    MachineKnown,
    RunDone,
    RunLearned,
    StepDone,
    TimeUp,
    TrainingRefused,
    TrainingStarted,
    TurnDone,
)
from autograder.graph import fingerprint
from autograder.graph.answer import read_answer
from autograder.graph.network import Network
from autograder.graph.reorder import ready_to_train
from autograder.graph.size import size_of
from autograder.graph.start import structured
from autograder.graph.trained import pack
from autograder.machine import (
    device_name,
    instruction_set,
    limit_memory,
    memory_is_limited,
    pick_device,
    ran_out,
    sensible_bfloat16,
)
from autograder.problem import Problem
from autograder.source.lines import parts
from autograder.verdict import Check, CheckId, Grader, SubmissionReport
from autograder.words import printable, summary_of
from autograder.workers import bonds
from autograder.workers.requests import CheckRequest, TrainRequest, decode
from course.data import Digits
from course.data import load as load_digits
from course.epoch import Epoch
from course.errors import MachineError
from course.recipe import Recipe, RecipeError
from course.recipe.schedule import steps_per_epoch
from course.rows import Row
from course.training.captured import Uncapturable, train_captured
from course.training.clock import ANY_PACE, Pace, WorkUsedUp
from course.training.loop import answers, train
from course.training.rehearsal import rehearse
from course.training.repeatable import repeat_exactly

EVERY = 0.1  # seconds between two StepDone events
LONGEST = 600  # characters in each text of a check


class Worker:
    """One submission's checks and trainings."""

    def __init__(self, requests: BinaryIO, answers: BinaryIO) -> None:
        self.requests, self.answers = requests, answers
        self.study: Study | None = None
        self.measured = Measured()
        self.digits: Digits | None = None
        self.bfloat16 = False
        self.networks: dict[int, Network] = {}  # by the run that trains it
        self.pace: Pace | None = None  # of this submission's steps, once it is known

    def tell(self, event: events.FromChecking | events.FromTraining) -> None:
        """Write one event."""
        self.answers.write(events.encode(event))
        self.answers.flush()

    def serve(self) -> None:
        """Follow requests until there are no more."""
        for line in self.requests:  # ends when the parent closes the pipe, or is gone
            request, size = decode(line)
            match request:
                case CheckRequest():
                    captured = self.requests.read(size)
                    with bonds.at_most(request.most_seconds):
                        self.check(request, captured)
                case TrainRequest():
                    self.train(request)
                case _ as never:
                    assert_never(never)

    # ---- checking ----------------------------------------------------------------------------

    def check(self, request: CheckRequest, captured: bytes) -> None:
        """Read what came out of the jail and run every check on it."""
        torch.set_num_threads(1)  # until the network's size is known
        try:
            device = pick_device(request.device)
        except MachineError as error:
            self.tell(Fault(str(error)))
            return
        self.tell(MachineKnown(device_name(device), grader()))
        together = device.type == "cuda"
        trainings = max(1, request.seeds) if together else 1
        limit_memory(device, request.rules.memory_gigabytes, trainings)
        try:
            submission = read_answer(captured)
        except Problem as problem:
            self.report_problem(problem)
            self.tell(ChecksDone(ready=False, lanes=1, together=False))
            return
        found = f"class {submission.network}"
        self.report(Check("readable", "pass", found=found, message=submission.skipped))
        self.study = study = Study(
            submission,
            request.rules,
            device,
            request.threads,
            max(1, request.seeds),
            measured=self.measured,
        )
        # Findings are told as they come: a network that kills this process has told some by then.
        ready = study_all(study, self.report)
        self.bfloat16 = ready and sensible_bfloat16(study.work, device)
        # Again: by now the number of threads and the rounding are decided.
        self.tell(MachineKnown(device_name(device, self.bfloat16), grader()))
        self.tell(Described(described(study)))
        self.tell(ChecksDone(ready, study.lanes if ready else 1, together))

    def report(self, check: Check) -> None:
        """Write a check's finding: its text made safe for a terminal, its line in its cell."""
        cell, line = parts(check.line) if check.line else (None, None)
        clean = replace(
            check,
            cell=cell,
            line=line,
            expected=printable(check.expected, LONGEST),
            found=printable(check.found, LONGEST),
            message=printable(check.message, LONGEST),
            hint=printable(check.hint, LONGEST),
        )
        self.tell(Checked(clean))

    def report_problem(self, problem: Problem) -> None:
        """Report as failed the check that a file did not get through: readable or interface."""
        check: CheckId = "readable"
        if problem.check == "interface":
            check = "interface"
            self.report(Check("readable", "pass", found="the file runs"))
        self.report(
            Check(check, "fail", message=problem.message, hint=problem.hint, line=problem.line)
        )

    # ---- training ----------------------------------------------------------------------------

    def train(self, request: TrainRequest) -> None:
        """Train with one seed or several and tell of every epoch."""
        assert self.study is not None
        assert self.study.recipe is not None
        start = time.perf_counter()
        if self.digits is None:  # kept for the worker's next turn
            try:
                self.digits = load_digits(request.data, self.study.device)
            except MachineError as error:
                self.tell(Fault(str(error)))
                return
        loaded = time.perf_counter()
        try:
            if told := self.knows_already(seed for _, seed in request.seeds):
                self.tell(TrainingRefused(told))
                return
            trainer = self.trainer(request, self.study.recipe, self.digits)
            images, recipe = len(self.digits.train_images), self.study.recipe
            started = TrainingStarted(
                runs=tuple(run for run, _ in request.seeds),
                epochs=recipe.epochs,
                steps=recipe.epochs * steps_per_epoch(images, recipe.batch_size),
                preparation=loaded - start,
                recording=time.perf_counter() - loaded,
            )
            self.tell(started)
            self.follow_epochs(trainer, started, request.keep)
        except WorkUsedUp:
            self.tell(TimeUp())
        # What torch raises about the network itself is the student's: shapes that only training
        # meets, such as BatchNorm over a single value. So is memory beyond the assignment's limit;
        # without a limit it was the machine's.
        except (MemoryError, RecipeError, RuntimeError, ValueError) as error:
            why = summary_of(error, 200)
            if not ran_out(error):
                self.tell(TrainingRefused(f"the network cannot be trained: {why}"))
            elif memory_is_limited():
                most = f"{self.study.assignment.memory_gigabytes:g} GB"
                self.tell(TrainingRefused(f"training needs more than the {most} of memory allowed"))
            else:
                self.tell(Fault(f"this machine ran out of memory: {why}"))
        else:
            self.tell(TurnDone())

    def knows_already(self, seeds: Iterable[int]) -> str | None:
        """Say what is wrong if the network reads digits before its first step."""
        assert self.study is not None
        assert self.digits is not None
        for seed in seeds:
            network = ready_to_train(self.study.graph, seed).to(self.study.device)
            if said := complaint(accuracy_untrained(network, self.digits)):
                return said
        return None

    def follow_epochs(
        self, trainer: Iterator[tuple[int, Epoch]], started: TrainingStarted, keep: bool
    ) -> None:
        """Tell of every epoch, and of each run that ends."""
        lost: set[int] = set()  # runs whose loss is no number: it will not come back
        for run, epoch in trainer:
            if run in lost:
                continue
            self.tell(EpochDone(run, epoch))
            if not math.isfinite(epoch.train_loss):
                lost.add(run)
            elif keep and epoch.epoch == started.epochs:
                self.tell(RunLearned(run, self.learned(run)))
            if run in lost or epoch.epoch == started.epochs:
                self.tell(RunDone(run))
            if len(lost) == len(started.runs):
                return

    def learned(self, run: int) -> Learned:
        """Collect what a run has learned: its network holds the weights that were tested."""
        assert self.study is not None
        assert self.digits is not None
        network = self.networks[run]
        read, sure = answers(network, self.digits)
        in_bytes = (SURE * sure.nan_to_num()).round().int()
        told = Answers(bytes(read.tolist()), bytes(in_bytes.tolist()))
        return Learned(pack(self.study.submission, network), told)

    def trainer(
        self, request: TrainRequest, recipe: Recipe, digits: Digits
    ) -> Iterator[tuple[int, Epoch]]:
        """Return what trains: recorded steps on a GPU, the plain loop elsewhere."""
        assert self.study is not None
        seeds, most = dict(request.seeds), request.most_seconds  # by the run's number; for each
        graph, device, runs = self.study.graph, self.study.device, list(seeds)
        told = 0.0

        def watch(run: int, step: int) -> None:
            nonlocal told
            # A step may take a millisecond; telling of each would cost more than training.
            if (now := time.perf_counter()) - told > EVERY:
                told = now
                self.tell(StepDone(run, step))

        def networks() -> list[Network]:
            self.networks = {run: ready_to_train(graph, seed) for run, seed in seeds.items()}
            return list(self.networks.values())

        def in_turn() -> Iterator[tuple[int, Epoch]]:
            for (run, seed), network in zip(seeds.items(), networks(), strict=True):
                with network.helped(request.helped and device.type == "cpu") as helper:
                    for epoch in train(
                        network,
                        digits,
                        recipe,
                        seed,
                        watch=partial(watch, run),
                        bfloat16=self.bfloat16,
                        most_seconds=most,
                        pace=self.pace or ANY_PACE,
                        helper=helper,
                    ):
                        yield run, epoch

        # Recording a step pays where launching its kernels is what takes time: on a GPU.
        if device.type != "cuda":
            self.tell(EngineChosen("plain loop"))
            if self.pace is None:  # kept for the worker's next turn
                self.pace = rehearse(ready_to_train(graph, 0), digits, recipe, self.bfloat16)
            return in_turn()
        try:
            recorded = train_captured(
                networks(),
                digits,
                recipe,
                list(seeds.values()),
                lambda which, step: watch(runs[which], step),
                self.bfloat16,
                most,
            )
        except Uncapturable as error:
            self.tell(EngineChosen(f"plain loop, since {error}"))
            return in_turn()
        self.tell(EngineChosen("recorded steps"))
        return ((runs[which], epoch) for which, epoch in recorded)


def described(study: Study) -> SubmissionReport:
    """Describe network and recipe for the verdict; the pipeline adds the file's name and hash."""
    recipe = study.recipe.as_dict() if study.recipe else None
    found = SubmissionReport(
        file="",
        sha256="",
        network=study.submission.network,
        notes=(*study.submission.notes, *notes_on_start(study)),
        fingerprint=fingerprint.of_submission(study.graph, recipe),
        parameters=study.parameters,
        recipe=recipe,
    )
    if study.bounded is None:  # it may take hours to run once
        return found
    try:
        table = study.table
        rows = (*table.rows, *besides_layers(study))
    except Exception:  # a graph that cannot run has failed its checks already
        return found
    return replace(
        found,
        multiply_adds=table.multiply_adds,
        receptive_field=table.receptive_field,
        layers=tuple(replace(row, name=printable(row.name, 60)) for row in rows),
    )


def besides_layers(study: Study) -> Iterator[Row]:
    """Give what counts beside the layers' numbers its own rows: the table's total is the count."""
    written, kept = size_of(study.graph).written, study.places.statistics
    for name, what, count in (
        ("(operations)", "written into them", written),
        ("(BatchNorm)", "kept of single places", kept),
    ):
        if count:
            yield Row(name, what, (), count, False, 0, 0, 0)


def notes_on_start(study: Study) -> Iterator[str]:
    """Say which initial weights had a pattern that the grader's own start has not."""
    for name in structured(study.graph)[:3]:
        yield printable(
            f"{name} starts with a pattern, such as an identity or a filter: the grader draws each "
            "start anew, so the pattern is lost",
            LONGEST,
        )


def grader() -> Grader:
    """Name what a verdict's numbers depend on."""
    return Grader(
        version=course.__version__,
        torch=str(torch.__version__),  # a TorchVersion, which no JSON knows
        python=platform.python_version(),
        instructions=instruction_set(),
    )


def warm_up() -> None:
    """Load what torch loads at first use, half a second of it, while the jail is still busy."""
    layers = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2)).to("meta")
    layers(torch.empty(2, 1, 8, 8, device="meta"))


def main() -> None:
    """Serve on the standard streams; whatever else prints goes to stderr."""
    # Whatever prints to stdout, torch included, would end up between two events.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    repeat_exactly()  # before the cost check, which times what will train
    warm_up()
    Worker(sys.stdin.buffer, answers).serve()


if __name__ == "__main__":
    main()
