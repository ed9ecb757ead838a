"""The worker: a process that checks and trains, and may die without taking the grader along.

It starts while the jail still captures, so that both load torch at once. Then it is told what to
do by JSON lines on its standard input and answers in JSON lines on its standard output: hostile
data ends here, and what leaves is ours.
"""

import hashlib
import json
import math
import os
import platform
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from typing import Any, BinaryIO

import torch
from torch import nn

import course
from autograder.assignment import Assignment
from autograder.checks.order import Study, study_all
from autograder.graph.answer import read_answer
from autograder.graph.nodes import Network
from autograder.graph.reorder import ready_to_train
from autograder.machine import MachineError, describe, pick_device, sensible_bfloat16
from autograder.problem import Problem
from autograder.verdict import Check
from autograder.words import first_line, printable
from course.data import DataError, Digits
from course.data import load as load_digits
from course.recipe import RecipeError
from course.recipe.schedule import steps_per_epoch
from course.training import Epoch, train
from course.training.captured import Uncapturable, train_captured
from course.training.repeatable import repeat_exactly

EVERY = 0.1  # seconds between two words about progress


class Worker:
    """One submission's checks and trainings."""

    def __init__(self, requests: BinaryIO, answers: BinaryIO) -> None:
        self.requests, self.answers = requests, answers
        self.study: Study | None = None
        self.digits: Digits | None = None
        self.bfloat16 = False

    def say(self, event: str, **content: Any) -> None:
        """Answer with one JSON line."""
        self.answers.write(json.dumps({"event": event, **content}).encode() + b"\n")
        self.answers.flush()

    def serve(self) -> None:
        """Follow requests until there are no more."""
        for line in self.requests:
            request = json.loads(line)
            if request["do"] == "check":
                self.check(request, self.requests.read(request["size"]))
            else:
                self.train(request)

    def check(self, request: dict[str, Any], captured: bytes) -> None:
        """Read what came out of the jail and run every check on it."""
        torch.set_num_threads(1)  # until the network's size is known
        try:
            device = pick_device(request["device"])
        except MachineError as error:
            self.say("fault", message=str(error))
            return
        self.say("machine", device=describe(device), versions=versions())
        try:
            submission = read_answer(captured)
        except Problem as problem:
            if problem.check == "interface":
                self.report(Check("readable", "pass", found="the file runs"))
            found = Check(
                problem.check, "fail", message=problem.message, hint=problem.hint, line=problem.line
            )
            self.report(found)
            self.say("checked", ready=False, lanes=1, together=False)
            return
        self.report(Check("readable", "pass", found=f"class {submission.network}"))
        rules = Assignment.from_dict(request["assignment"])
        self.study = study = Study(
            submission, rules, device, request["threads"], max(1, request["seeds"])
        )
        ready = study_all(study, self.report)
        self.bfloat16 = ready and sensible_bfloat16(study.work, device)
        self.say("machine", device=describe(device, self.bfloat16), versions=versions())
        self.say("submission", **self.describe_submission())
        together = device.type == "cuda"
        self.say("checked", ready=ready, lanes=study.lanes if ready else 1, together=together)

    def report(self, check: Check) -> None:
        """Report a check's finding, its words fit for a terminal."""
        words = {
            k: printable(v, 600) if isinstance(v, str) else v for k, v in asdict(check).items()
        }
        self.say("check", **words)

    def describe_submission(self) -> dict[str, Any]:
        """Describe the network and recipe for the verdict."""
        assert self.study is not None
        study = self.study
        described: dict[str, Any] = {
            "network": study.submission.network,
            "notes": list(study.submission.notes),
            "fingerprint": fingerprint(study),
            "parameters": study.parameters,
            "recipe": study.recipe.as_dict() if study.recipe else None,
        }
        try:
            table = study.table
        except Exception:  # a graph that cannot run has failed its checks already
            return described
        described["multiply_adds"] = table.multiply_adds
        described["receptive_field"] = table.receptive_field
        described["layers"] = [
            {**asdict(row), "name": printable(row.name, 60)} for row in table.rows
        ]
        return described

    def train(self, request: dict[str, Any]) -> None:
        """Train with one seed or several and tell of every epoch."""
        assert self.study is not None
        assert self.study.recipe is not None
        study, recipe = self.study, self.study.recipe
        runs = [run for run, _ in request["seeds"]]
        start = time.perf_counter()
        if self.digits is None:
            try:
                self.digits = load_digits(request["data"], study.device)
            except DataError as error:
                self.say("fault", message=str(error))
                return
        loaded = time.perf_counter()
        try:
            trainer = self.trainer(dict(request["seeds"]), self.digits)
            seconds = {"preparation": loaded - start, "recording": time.perf_counter() - loaded}
            steps = recipe.epochs * steps_per_epoch(
                len(self.digits.train_images), recipe.batch_size
            )
            self.say("training", runs=runs, epochs=recipe.epochs, steps=steps, seconds=seconds)
            lost: set[int] = set()  # those whose loss is no number: it will not come back
            for run, epoch in trainer:
                if run in lost:
                    continue
                self.say("epoch", run=run, **asdict(epoch))
                if not math.isfinite(epoch.train_loss):
                    lost.add(run)
                if run in lost or epoch.epoch == recipe.epochs:
                    self.say("trained", run=run)
                if len(lost) == len(runs):
                    break
        except (MemoryError, torch.OutOfMemoryError) as error:
            self.say("fault", message=f"this machine ran out of memory: {first_line(error, 200)}")
        except (RecipeError, RuntimeError, ValueError) as error:
            self.say("refused", message=f"the network cannot be trained: {first_line(error, 200)}")
        else:
            self.say("turned")

    def trainer(self, seeds: dict[int, int], digits: Digits) -> Iterator[tuple[int, Epoch]]:
        """Return what trains: recorded steps on a GPU, the plain loop elsewhere."""
        assert self.study is not None
        assert self.study.recipe is not None
        study, recipe = self.study, self.study.recipe
        told = 0.0

        def watch(run: int, step: int) -> None:
            nonlocal told
            if (now := time.perf_counter()) - told > EVERY:
                told = now
                self.say("step", run=run, step=step)

        def networks() -> list[Network]:
            return [ready_to_train(study.graph, seed) for seed in seeds.values()]

        def in_turn() -> Iterator[tuple[int, Epoch]]:
            for (run, seed), network in zip(seeds.items(), networks(), strict=True):
                told_run = partial(watch, run)
                for epoch in train(network, digits, recipe, seed, told_run, self.bfloat16):
                    yield run, epoch

        if study.device.type != "cuda":
            self.say("engine", engine="plain loop")
            return in_turn()
        runs = list(seeds)
        try:
            recorded = train_captured(
                networks(),
                digits,
                recipe,
                list(seeds.values()),
                lambda which, step: watch(runs[which], step),
                self.bfloat16,
            )
        except Uncapturable as error:
            self.say("engine", engine=f"plain loop, since {error}")
            return in_turn()
        self.say("engine", engine="recorded steps")
        return ((runs[which], epoch) for which, epoch in recorded)


def fingerprint(study: Study) -> str:
    """Hash graph and recipe: what decides the seeds, and what makes two submissions the same."""
    recipe = json.dumps(study.recipe.as_dict() if study.recipe else None, sort_keys=True)
    return hashlib.sha256(f"{study.graph.fingerprint()} {recipe}".encode()).hexdigest()


def versions() -> dict[str, str]:
    """Name what a verdict depends on."""
    return {
        "version": course.__version__,
        "torch": torch.__version__,
        "python": platform.python_version(),
    }


def warm_up() -> None:
    """Load what torch loads at first use, half a second of it, while the jail is still busy."""
    layers = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2)).to("meta")
    layers(torch.empty(2, 1, 8, 8, device="meta"))


def main() -> None:
    """Serve on the standard streams; whatever else prints goes to stderr."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    repeat_exactly()  # before the cost check, which times what will train
    warm_up()
    Worker(sys.stdin.buffer, answers).serve()


if __name__ == "__main__":
    main()
