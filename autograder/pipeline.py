"""The pipeline: a job in, a verdict out.

    source ─▶ jail ─▶ worker: checks ─▶ worker: one training a seed ─▶ verdict

Two children start at once, so that both load torch side by side: the jail that will run the
student's code, and the worker that will check and train what comes out of it. This process
touches neither the code nor the data; it passes bytes on and collects findings. Whoever wants to
watch (the terminal, a server) is handed each event as it comes, and whoever wants to keep what was
learned is handed each run's weights and answers. A training that was recorded before is not done
again: its epochs are taken from there, and judged by the rules of now.
"""

import hashlib
import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Protocol, assert_never

from autograder.children import cores
from autograder.events import (
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
    RunStarted,
    Started,
    StepDone,
    TrainingRefused,
    TrainingStarted,
    Watch,
    unwatched,
)
from autograder.jail.parent import Jailed, Outcome
from autograder.job import Job
from autograder.judging import TRAINED, judge, reaches
from autograder.verdict import (
    CHECKS,
    SKIPPED,
    Check,
    CheckId,
    Grader,
    Run,
    Seconds,
    SubmissionReport,
    Verdict,
)
from autograder.words import printable
from autograder.workers.lanes import CHECK_SECONDS, Arrangement, Training, backstop, train_all
from autograder.workers.process import WorkerProcess
from autograder.workers.requests import CheckRequest
from autograder.workers.warm import FRESH, Children

LIGHTER = "fewer operations and fewer multiply-adds take less time"

Keep = Callable[[int, Learned], None]  # is given a run's seed, and what that run has learned


class Recorded(Protocol):
    """Trainings that came to their end, by the fingerprint of network and recipe, and the seed."""

    def find(self, fingerprint: str, seed: int) -> Run | None:
        """Return a recorded training; None where it is for the caller to do."""

    def add(self, fingerprint: str, run: Run) -> None:
        """Record a training that has come to its end."""


class NothingRecorded:
    """Every training is done, and none is remembered."""

    def find(self, fingerprint: str, seed: int) -> None:
        """Know of none."""

    def add(self, fingerprint: str, run: Run) -> None:
        """Let it go."""


NOTHING_RECORDED = NothingRecorded()


@dataclass
class Grading:
    """One job on its way to a verdict, filled in by events."""

    job: Job
    watch: Watch
    keep: Keep | None
    recorded: Recorded
    submission: SubmissionReport
    checks: list[Check] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    grader: Grader = field(default_factory=Grader)
    jail: str = ""
    device: str = ""

    def add(self, check: Check) -> None:
        """Take a finding and show it."""
        self.checks.append(check)
        self.watch(Checked(check))

    def pending(self) -> CheckId:
        """Name the first check that has no finding yet, which a fault of ours is reported under.

        "required" is left out: most assignments require nothing and have no such check.
        """
        found = {check.id for check in self.checks}
        return next(name for name in CHECKS if name not in found and name != "required")

    def failed(self) -> bool:
        """Return whether a check failed."""
        return any(check.bad for check in self.checks)

    def verdict(self) -> Verdict:
        """Return what has been found."""
        return Verdict(
            assignment=self.job.rules,
            submission=self.submission,
            checks=tuple(self.checks),
            runs=tuple(self.runs),
            grader=self.grader,
            jail=self.jail,
            device=self.device,
            data=self.job.options.data if self.job.options.seeds else "",
            seeds=self.job.options.seeds,
        )


def grade(
    job: Job,
    watch: Watch = unwatched,
    keep: Keep | None = None,
    recorded: Recorded = NOTHING_RECORDED,
    children: Children = FRESH,
) -> Verdict:
    """Take one job through the pipeline; one that asks for no seeds ends before the training.

    `children` starts its processes: each when it is needed, or ahead (warm.py).
    """
    submission = SubmissionReport(job.name, hashlib.sha256(job.source).hexdigest())
    grading = Grading(job, watch, keep, recorded, submission)
    # Each is killed at its own time limit. The jail starts first because it has more to do.
    with ExitStack() as workers:
        with children.jailed() as jailed:
            worker = workers.enter_context(children.worker())
            watch(Started(job.source))
            outcome = capture(jailed, job)
        if outcome.status == "starved":  # no fault of the file's, so it is tried again
            with children.jailed() as jailed:
                outcome = capture(jailed, job)
        grading.jail = outcome.jail
        # An answer may still be a lie or a complaint: the worker reads it as hostile bytes.
        if outcome.status == "ok" and outcome.result:
            arrangement = check_captured(grading, worker, outcome.result)
            if worker.timed_out:  # by real time: likewise
                worker = workers.enter_context(children.worker())
                arrangement = check_captured(grading, worker, outcome.result)
            if worker.timed_out:
                grading.add(Check(grading.pending(), "error", message=worker.ending("checking")))
            if job.options.seeds and arrangement is not None:
                train(grading, worker, arrangement)
        else:
            grading.add(why_no_answer(outcome))
    finish(grading)
    return grading.verdict()


def capture(jailed: Jailed, job: Job) -> Outcome:
    """Let a jailed child make a graph of the student's file."""
    jailed.send(json.dumps({"net": job.options.net}).encode() + b"\n" + job.source)
    return jailed.wait()


def why_no_answer(outcome: Outcome) -> Check:
    """Say what happened to a jailed child that gave no answer."""
    # Before it is ready the child runs only our code, so whatever went wrong is ours.
    if not outcome.ready:
        message = f"the jail could not start: {outcome.reason}"
        hint = printable((outcome.output.strip().splitlines() or [""])[-1], 200)
        return Check(
            "readable", "error", message=message, hint=hint or "`autograde doctor` may know"
        )
    if outcome.status == "starved":
        message = f"the file {outcome.reason}: this machine is too busy"
        return Check("readable", "error", message=message)
    ended = "define the network, and let nothing in the file end the process"
    message, hint = {
        "timeout": (
            "the file was still running at the time limit",
            'put long work under `if __name__ == "__main__":`',
        ),
        "memory": (
            "the file needs more memory than a submission may have",
            "a network under a million parameters needs little; load no data in the file",
        ),
        "too-much": ("the file sent more data than any network needs", ""),
        "died": (f"the file ended its process ({outcome.reason})", ended),
        "ok": ("the file ended its process before its network could be read", ended),
    }[outcome.status]
    return Check("readable", "fail", message=message, hint=hint)


def check_captured(grading: Grading, worker: WorkerProcess, captured: bytes) -> Arrangement | None:
    """Let the worker check what came out of the jail; return how to train it, if it may be."""
    job = grading.job
    request = CheckRequest(
        job.rules, job.options.device, job.options.threads, job.options.seeds, CHECK_SECONDS
    )
    worker.ask(request, captured, seconds=backstop(CHECK_SECONDS))
    for event in worker.checking():
        match event:
            case MachineKnown(device, grader):
                grading.device, grading.grader = device, grader
            case Checked(check):
                if check.id not in {known.id for known in grading.checks}:  # by a first try
                    grading.add(check)
            case Described(submission):
                # The worker never saw the file itself, so its name and hash are filled in here.
                known = grading.submission
                grading.submission = replace(submission, file=known.file, sha256=known.sha256)
                grading.watch(Described(grading.submission))
            case Fault(message):
                # "error" and not "fail": the student loses nothing, and the exit code is 5.
                grading.add(Check(grading.pending(), "error", message=message))
                return None
            case ChecksDone(ready, lanes, together):
                if not ready:
                    return None
                lanes = min(lanes, job.options.lanes or lanes)
                # Where the lanes are told, others' trainings run beside; where the threads are,
                # it is for the sake of their numbers.
                told = job.options.lanes or job.options.threads
                return Arrangement(
                    data=job.options.data,
                    limit=job.rules.seconds,
                    lanes=lanes,
                    helped=not told and 2 * lanes <= cores(),
                    together=together,
                    keep=grading.keep is not None,
                    check=(request, captured),  # every further worker must check for itself
                    enough=lambda epochs: not (job.options.all_seeds or reaches(job.rules, epochs)),
                )
            case _ as never:
                assert_never(never)
    # The events ended without ChecksDone.
    if worker.used_up:  # by what the submission had it compute: the kernel counts work alone
        message = f"the checks of this network take longer than {CHECK_SECONDS:g} seconds"
        grading.add(Check(grading.pending(), "fail", message=message, hint=LIGHTER))
    elif not worker.timed_out:
        grading.add(Check(grading.pending(), "error", message=worker.ending("checking")))
    return None


def train(grading: Grading, worker: WorkerProcess, arrangement: Arrangement) -> None:
    """Train once with each seed, collecting what comes of it."""
    fingerprint = grading.submission.fingerprint or ""
    trainings = [
        Training(number, seed, recorded=grading.recorded.find(fingerprint, seed))
        for number, seed in enumerate(grading.job.seeds(fingerprint))
    ]
    known = [run_of(grading, training) for training in trainings if training.recorded is not None]
    if any(arrangement.enough(run.epochs) for run in known):
        trainings = [training for training in trainings if training.recorded is not None]
    for event in train_all(worker, trainings, arrangement):
        match event:
            case Fault(message):
                grading.add(Check("training", "error", message=message))
            case TrainingRefused(message):
                grading.add(Check("training", "fail", message=message))
            case EngineChosen(engine):
                grading.grader = replace(grading.grader, engine=engine)
            case RunLearned(run, learned):
                if grading.keep is not None:
                    grading.keep(trainings[run].seed, learned)
            case RunStarted() | TrainingStarted() | StepDone() | EpochDone():
                grading.watch(event)
            case RunDone(run):
                grading.recorded.add(fingerprint, run_of(grading, trainings[run]))
                grading.watch(event)
            case _ as never:
                assert_never(never)
    # A run that a fault cut short is left out: it says nothing about the student's network. One
    # that the time limit stopped is kept, and fails.
    for training in trainings:
        if training.ended:
            grading.runs.append(run_of(grading, training))
            # Where the first that fails decides, those behind it do not count, even where another
            # worker was already at one: the same file gets the same verdict on every machine.
            if arrangement.enough(grading.runs[-1].epochs):
                return


def run_of(grading: Grading, training: Training) -> Run:
    """Return a training as a verdict keeps it."""
    if training.recorded is not None:
        passed = reaches(grading.job.rules, training.recorded.epochs)
        return replace(training.recorded, passed=passed)
    epochs = tuple(training.epochs)
    started = training.started
    seconds = Seconds(
        training=sum(epoch.seconds for epoch in epochs),
        testing=sum(epoch.test_seconds for epoch in epochs),
        preparation=started.preparation if started else 0.0,
        recording=started.recording if started else 0.0,
    )
    # A late run has fewer epochs than it was to have; its last ones are not the last ones.
    passed = training.done and reaches(grading.job.rules, epochs)
    return Run(training.seed, passed, seconds, epochs)


def finish(grading: Grading) -> None:
    """Judge the runs, and mark as skipped what has no finding by now."""
    recipe = grading.submission.recipe
    if grading.runs and recipe is not None and not grading.failed():
        epochs = recipe["epochs"]
        assert isinstance(epochs, int)
        for check in judge(grading.job.rules, epochs, grading.runs):
            grading.add(check)
    if not grading.failed():
        return
    # Every check is listed, also those that were not reached, so that no table has holes. Checks of
    # a training are listed only where one was asked for.
    found = {check.id for check in grading.checks}
    for name in CHECKS:
        reachable = grading.job.options.seeds or name not in TRAINED
        if name not in found and name != "required" and reachable:
            grading.add(Check(name, "skip", message=SKIPPED))
