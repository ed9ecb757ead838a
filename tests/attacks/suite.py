"""Files that try to cheat and honest ones that look odd: what each expects, and what it gets.

    attack = read(Path("tests/attacks/models/size/slice_ends.py"))
    judge(attack)        # Answer(right=True, found="293 parameters")

A file's docstring says what it tries and ends in one line, its expectation:

    Expect: exit CODE, WORDS              what `autograde check` answers; run in the real jail
    Expect: fails CHECK [by ASSIGNMENT]   a check that must fail; "strict" refuses whole maps too
    Expect: passes [by ASSIGNMENT]        every check passes (what a control without a line expects)
    Expect: counts NUMBER                 at least so many numbers are counted
    Expect: starts at chance              no use of what it brought along: MNIST is read by chance
    Expect: refused before its first step every check passes, and the training does not begin
    Expect: seeds of NAME                 the same seeds as another file of its folder
    Expect: other seeds than NAME         seeds of its own: it trains otherwise than that file

All but the first are captured and checked in this process, by the functions that jail and worker
call. test_layers.py tells of the jail; here it would only take time.
"""

import ast
import atexit
import io
import json
import multiprocessing
import os
import re
import resource
import sys
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from unittest import mock

import torch
from torch import Tensor, nn

from autograder.assignment import Assignment, load
from autograder.capture import entry
from autograder.capture.tracebacks import FILENAME
from autograder.checks.order import ORDER, run_check
from autograder.checks.study import Study
from autograder.display.console import SafeConsole
from autograder.display.terminal import show_verdict
from autograder.graph.answer import read_answer
from autograder.graph.reorder import ready_to_train
from autograder.jail.parent import Jailed, Limits
from autograder.job import Options, job_of
from autograder.pipeline import grade
from autograder.problem import Problem
from autograder.verdict import Check, CheckId
from autograder.workers.process import WorkerProcess
from autograder.workers.warm import CAPTURE, Warm
from autograder.workers.worker import Worker, described
from course import data
from course.training.repeatable import one_thread

HERE = Path(__file__).parent
KEY = "the class's key"  # in the grader's environment, and never to be seen in what it says
RESULT = 3  # the file descriptor on which a jailed child answers
LONGEST = 60  # seconds of work that a submission may cost the grader before it is called late
MOST_MEMORY = 4 << 30  # bytes that a check may take, of addresses twice as many
CHANCE = 0.30  # of the digits: three times as many as by guessing
FIRST, BATCH = 2_000, 250  # training digits that a start is measured on

FORMS = {
    "exit": r"exit (?P<code>\d), (?P<words>.+)",
    "fails": r"fails (?P<check>[a-z-]+)(?: by (?P<rules>[a-z0-9-]+))?",
    "passes": r"passes(?: by (?P<rules>[a-z0-9-]+))?",
    "counts": r"counts (?P<number>[\d,]+)",
    "start": r"starts at chance",
    "refused": r"refused before its first step",
    "seeds": r"seeds of (?P<name>\w+)",
    "apart": r"other seeds than (?P<name>\w+)",
}


@dataclass(frozen=True)
class Attack:
    """A file and what it must get."""

    path: Path
    expected: str  # the line, without "Expect: "
    form: str  # one of FORMS
    words: dict[str, str] = field(default_factory=dict)  # what the line names

    @property
    def kind(self) -> str:
        """Name the folder that it lies in."""
        return self.path.parent.name

    @property
    def name(self) -> str:
        """Name kind and file, as a test is named."""
        return f"{self.kind}/{self.path.stem}"


@dataclass(frozen=True)
class Answer:
    """What the grader said, and whether that is what the file must get."""

    right: bool
    found: str


class Unexpected(Exception):
    """A file's docstring does not say what must happen, or not in a form known here."""


def read(path: Path) -> Attack:
    """Read what a file expects."""
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    lines = re.findall(r"^Expect: (.+)$", docstring, re.MULTILINE)
    if not lines and path.parent.name == "controls":
        lines = ["passes"]
    if len(lines) != 1:
        raise Unexpected(f"{path.name}: expected one line `Expect: …`, found {len(lines)}")
    for form, pattern in FORMS.items():
        if found := re.fullmatch(pattern, lines[0].strip()):
            words = {name: word for name, word in found.groupdict().items() if word}
            return Attack(path, lines[0].strip(), form, words)
    raise Unexpected(f"{path.name}: expected one of {', '.join(FORMS)}, found {lines[0]!r}")


def attacks() -> list[Attack]:
    """Read every attack, kind by kind."""
    return [read(path) for path in sorted((HERE / "models").glob("*/*.py"))]


def controls() -> list[Attack]:
    """Read every honest file that looks odd."""
    return [read(path) for path in sorted((HERE / "controls").glob("*.py"))]


def nothing() -> None:
    """Switch no layer off."""


def judge(attack: Attack, without: Callable[[], object] = nothing) -> Answer:
    """Grade a file as its expectation needs it, and compare.

    `without` switches a layer off; this process has done so, and a process of its own does as well.
    """
    if attack.form == "exit":
        return through_the_jail(attack)
    if attack.kind == "bounds":
        return within(LONGEST, attack, without)
    return in_this_process(attack)


# ---- what one file gets, without the jail ------------------------------------------------------


@dataclass
class Checked:
    """A file's checks, and the study that they left; no study if there is no graph."""

    checks: list[Check]
    study: Study | None = None

    def said(self) -> str:
        """Name the first check that failed, and why; else what was counted."""
        for check in self.checks:
            if check.bad:
                return f"{check.id} fails: {check.message or check.found}"
        counted = self.study.parameters if self.study else None
        return f"every check passes, {counted:,} parameters" if counted else "every check passes"


def in_this_process(attack: Attack) -> Answer:
    """Capture and check a file here, as far as it matters; compare with what it expects."""
    wanted = NEEDED.get(attack.form, (attack.words.get("check", ""),))
    return COMPARISONS[attack.form](attack, check(attack.path, wanted, attack.words.get("rules")))


def fails(attack: Attack, found: Checked) -> Answer:
    """A certain check fails."""
    failed = any(c.id == attack.words["check"] and c.status == "fail" for c in found.checks)
    return Answer(failed, found.said())


def passes(attack: Attack, found: Checked) -> Answer:
    """No check fails."""
    return Answer(not any(c.bad for c in found.checks), found.said())


def counts(attack: Attack, found: Checked) -> Answer:
    """At least so many numbers are counted."""
    counted = found.study.parameters if found.study else None
    if counted is None:
        return Answer(False, f"nothing counted, {found.said()}")
    enough = counted >= int(attack.words["number"].replace(",", ""))
    return Answer(enough, f"{counted:,} parameters")


def starts_at_chance(attack: Attack, found: Checked) -> Answer:
    """The drawn start reads few digits."""
    if found.study is None:
        return Answer(False, found.said())
    drawn = share_read(ready_to_train(found.study.graph, seed=0))
    return Answer(drawn <= CHANCE, f"starts at {drawn:.0%}")


def refused(attack: Attack, found: Checked) -> Answer:
    """The worker trains no network that reads digits before its first step."""
    if found.study is None or any(check.bad for check in found.checks):
        return Answer(False, found.said())
    worker = Worker(io.BytesIO(), io.BytesIO())
    worker.study, worker.digits = found.study, data.load("practice")
    told = worker.knows_already([0])
    return Answer(told is not None, told or "the training begins")


def same_seeds(attack: Attack, found: Checked) -> Answer:
    """The fingerprint, which decides the seeds, is another file's."""
    other = check(attack.path.with_name(f"{attack.words['name']}.py"), NEEDED["seeds"])
    if found.study is None or other.study is None:
        return Answer(False, (found if found.study is None else other).said())
    same = described(found.study).fingerprint == described(other.study).fingerprint
    wanted = attack.form == "seeds"
    return Answer(same == wanted, "the same seeds" if same else "other seeds")


COMPARISONS: dict[str, Callable[[Attack, Checked], Answer]] = {
    "fails": fails,
    "passes": passes,
    "counts": counts,
    "start": starts_at_chance,
    "refused": refused,
    "seeds": same_seeds,
    "apart": same_seeds,
}


EVERY = tuple(name for name, _, _ in ORDER)
# The checks that a comparison asks about; the others would only take time.
NEEDED: dict[str, tuple[str, ...]] = {
    "passes": EVERY,
    "refused": EVERY,
    "counts": ("parameters",),
    "start": (),
    "seeds": ("recipe",),
    "apart": ("recipe",),
}


def check(path: Path, wanted: Collection[str] = (), rules: str | None = None) -> Checked:
    """Capture a file in this process and run the wanted checks, and those that they need."""
    return check_answer(captured(path), wanted, rules)


def check_answer(answer: bytes, wanted: Collection[str], rules: str | None = None) -> Checked:
    """Run checks on what a capture answered."""
    try:
        submission = read_answer(answer)
    except Problem as problem:
        failed: CheckId = "interface" if problem.check == "interface" else "readable"
        return Checked([Check(failed, "fail", message=problem.message, hint=problem.hint)])
    needed = set(wanted).union(*(needs for name, _, needs in ORDER if name in wanted))
    with one_thread():
        study = Study(submission, assignment(rules or "under-8k"), torch.device("cpu"), threads=1)
        checks: list[Check] = []
        for name, function, _ in ORDER:
            if name in needed:
                checks.append(run_check(name, function, study))
                if checks[-1].bad:
                    break  # what is left of the needed ones cannot be asked any more
    return Checked(checks, study)


def assignment(name: str) -> Assignment:
    """Return rules by name: shipped ones, or `strict`, which refuses whole-map kernels too."""
    if name == "strict":
        return replace(load("under-8k"), name="strict", whole_map_allowed=False)
    return load(name)


class Ended(BaseException):
    """A file ended its process."""


@cache
def captured(path: Path) -> bytes:
    """Run a file as the jailed child does; return what it sends, be it by its own hand."""
    sent, write, end = bytearray(), os.write, os._exit

    def own_write(fd: int, what: bytes) -> int:
        if fd != RESULT or sys._getframe(1).f_code.co_filename != FILENAME:
            return write(fd, what)
        sent.extend(what)
        return len(what)

    def own_end(code: int) -> None:
        raise Ended(code)

    # A child that writes to the result pipe and ends has answered for itself. Here it must not
    # end, nor write to whatever has that number in this process.
    os.write, os._exit = own_write, own_end  # type: ignore[assignment]
    try:
        answer = entry.main(b'{"net": null}\n' + path.read_bytes())
    finally:
        os.write, os._exit = write, end
    return bytes(sent) or answer


# ---- what a start reads ------------------------------------------------------------------------


@cache
def first_digits() -> tuple[Tensor, Tensor]:
    """Load the digits that a start is measured on, standardised as in training."""
    digits = data.load("mnist", download=False)
    x = (digits.train_images[:FIRST, None] / 255 - digits.mean) / digits.std
    return x, digits.train_labels[:FIRST]


@torch.no_grad()
def share_read(network: nn.Module) -> float:
    """Return the share of digits read before any training: as tested, or as trained."""
    x, y = first_digits()
    right = {True: 0, False: 0}  # by mode: as trained, as tested
    for mode in right:
        network.train(mode)
        # A batch at a time: some attacks hold a table of all weights with each other for an image.
        for start in range(0, FIRST, BATCH):
            part = slice(start, start + BATCH)
            right[mode] += int((network(x[part]).argmax(1) == y[part]).sum())
    return max(right.values()) / FIRST


# ---- through the real jail, and with a limit ---------------------------------------------------


def through_the_jail(attack: Attack) -> Answer:
    """Grade a file as `autograde check` does: its exit code, words of its verdict, and no leak."""
    # The capture's own clock, which names a line, rings after 20 seconds of work: on a busy machine
    # long before the jail's, if that is as patient as in earnest. The rest need not wait so long.
    patient = "still running after" in attack.expected
    children = Impatient(Limits().seconds if patient else 10)
    with mock.patch.dict(os.environ, AUTOGRADE_SECRET=KEY):
        verdict = grade(job_of(attack.path, options=Options(device="cpu")), children=children)
    shown = io.StringIO()
    show_verdict(SafeConsole(file=shown), verdict)
    said = json.dumps([asdict(check) for check in verdict.checks], ensure_ascii=False)
    if KEY in verdict.to_json() + shown.getvalue():
        return Answer(False, "the grader's own environment is told")
    if "\x1b" in said + shown.getvalue():
        return Answer(False, "an escape sign reaches the terminal")
    right = verdict.exit_code == int(attack.words["code"]) and attack.words["words"] in said
    failed = [check.message for check in verdict.checks if check.bad]
    return Answer(right and not verdict.passed, f"exit {verdict.exit_code}, {' | '.join(failed)}")


@dataclass
class Impatient:
    """A jail that gives up after so many seconds, and one worker for all gradings."""

    seconds: float

    def jailed(self) -> Jailed:
        """Start a jailed child."""
        return Jailed(CAPTURE, Limits(seconds=self.seconds))

    def worker(self) -> AbstractContextManager[WorkerProcess]:
        """Lend the worker, which has loaded torch."""
        return warm().worker()


@cache
def warm() -> Warm:
    """Keep one worker until this process ends."""
    kept = Warm()
    atexit.register(kept.__exit__)
    return kept


# Its children are copies of a process that has loaded torch and never computed: a copy of one that
# has may compute no gradient.
UNTOUCHED = multiprocessing.get_context("forkserver")
UNTOUCHED.set_forkserver_preload([__name__])


def within(seconds: int, attack: Attack, without: Callable[[], object]) -> Answer:
    """Judge in a process that ends after so many seconds of a processor."""
    receiving, sending = UNTOUCHED.Pipe(duplex=False)
    words = (seconds, attack, without, sending)
    child = UNTOUCHED.Process(target=bounded, args=words, daemon=True)
    child.start()
    sending.close()
    try:
        told = receiving.recv() if receiving.poll(10 * seconds) else None
    except EOFError:  # it was ended
        told = None
    child.kill()
    child.join()
    return told or Answer(False, f"no answer in {seconds} seconds of work")


def bounded(
    seconds: int, attack: Attack, without: Callable[[], object], sending: Connection
) -> None:
    """Judge with so much work and memory at most, and tell."""
    without()
    resource.setrlimit(resource.RLIMIT_AS, (2 * MOST_MEMORY, 2 * MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    answer = in_this_process(attack)
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
    found = f"{answer.found}, with {used / 2**30:.1f} GB"
    sending.send(Answer(answer.right and used < MOST_MEMORY, found))
