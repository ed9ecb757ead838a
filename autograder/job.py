"""A grading as one job: all that decides the verdict, in one value that can be sent anywhere.

    job = Job(source, "model.py", load("under-8k"), Options(seeds=3), key())
    verdict = grade(job)                    # pipeline.py

A job is frozen and can be pickled. It needs no home folder, database or key of the machine that it
runs on: the key that seeds are derived from travels with it. So the same job has the same seeds
everywhere. Neither the jail nor a worker ever sees the key; a worker is given the seeds.
"""

import hmac
import re
from dataclasses import dataclass, fields
from pathlib import Path

from autograder.assignment import DEFAULT, Assignment, load
from autograder.problem import Problem
from autograder.source.notebook import as_text, is_notebook
from course.errors import UsageError
from course.ordinary import NotOrdinary, NotReadable, TooLarge, read_ordinary
from course.validators import Unfit, Validator, accept, either, flag, integer, nothing, show, word

MOST_BYTES = 2**20  # of a model.py; the largest real one seen was a hundredth of it
MOST_NOTEBOOK = 2**25  # bytes of a notebook, most of them figures


@dataclass(frozen=True)
class Options:
    """How to grade, where there is a choice; none of it changes the rules."""

    net: str | None = None  # the network's class, where a file holds several
    seeds: int = 0  # trainings; 0: the checks alone
    data: str = "mnist"
    device: str = "auto"
    threads: int = 0  # for each training; 0: by the network's size, the same on every machine
    lanes: int = 0  # trainings side by side; 0: as many as the machine fits
    all_seeds: bool = True  # or the first that fails is the last: it has decided by then

    def __post_init__(self) -> None:
        for option in fields(self):
            accepts, value = ACCEPTS[option.name], getattr(self, option.name)
            try:
                accepts(value)
            except Unfit:
                expected = f"expected {option.name} to be {accepts.expected}"
                raise UsageError(f"{expected}, found {show(value)}") from None

    @classmethod
    def of(cls, **words: object) -> "Options":
        """Make the options of keywords that somebody typed."""
        known = [option.name for option in fields(cls)]
        if unknown := [name for name in words if name not in known]:
            raise UsageError(f"expected any of {', '.join(known)}, found {', '.join(unknown)}")
        return cls(**words)  # type: ignore[arg-type]  # __post_init__ looks at each of them


ACCEPTS: dict[str, Validator[object]] = {
    "net": either(accept("a class's name", lambda v: type(v) is str), nothing),
    "seeds": integer("[0, 100]"),
    "data": word("mnist", "practice"),
    "device": accept(
        "auto, cpu or cuda",
        lambda v: type(v) is str and bool(re.fullmatch(r"auto|cpu|cuda(:\d+)?", v)),
    ),
    "threads": integer("[0, 4096]"),
    "lanes": integer("[0, 4096]"),
    "all_seeds": flag,
}


@dataclass(frozen=True)
class Job:
    """One submission to be graded."""

    source: bytes  # Python; of a notebook its code (notebook.py)
    name: str  # its file's, for the verdict
    rules: Assignment
    options: Options
    key: bytes = b""  # a check needs none

    def seeds(self, fingerprint: str) -> list[int]:
        """Derive a seed for each training: the same for the same graph and recipe, for no other."""
        what = fingerprint.encode()
        digests = (
            hmac.digest(self.key, what + bytes([number]), "sha256")
            for number in range(self.options.seeds)
        )
        # 31 bits: a seed is never negative, whatever reads it.
        return [int.from_bytes(digest[:4], "big") >> 1 for digest in digests]


def job_of(
    path: str | Path,
    assignment: str | Path | Assignment = DEFAULT,
    options: Options | None = None,
    key: bytes = b"",
) -> Job:
    """Make the job of grading a file by an assignment, or say what is wrong with either."""
    rules = assignment if isinstance(assignment, Assignment) else load(assignment)
    return Job(read_source(path), Path(path).name, rules, options or Options(), key)


def read_source(path: str | Path) -> bytes:
    """Read a student's file, or say why it cannot be one."""
    path = Path(path)
    expected = "expected a file such as model.py, found"
    notebook = path.suffix == ".ipynb"
    try:
        # Whoever typed this path may mean a link; a class's folders are read at its door.
        raw = read_ordinary(path, MOST_NOTEBOOK if notebook else MOST_BYTES, follow=True)
    except FileNotFoundError:
        raise UsageError(f"{expected} {path}: no such file or directory") from None
    except TooLarge:
        python = f"at most {MOST_BYTES >> 10} KB of Python, found more in {path}"
        outputs = f"at most {MOST_NOTEBOOK >> 20} MB, found more in {path}: clear its outputs"
        raise UsageError(f"expected {outputs if notebook else python}") from None
    except NotOrdinary as found:
        raise UsageError(f"{expected} the {str(found).removeprefix('a ')} {path}") from None
    except NotReadable as why:
        raise UsageError(f"{expected} {path}: {why}") from None
    return source_of(raw)


def source_of(raw: bytes) -> bytes:
    """Return what is graded of a file: of a notebook its code, of any other all of it."""
    if not is_notebook(raw):
        return raw
    try:
        return as_text(raw)
    except Problem:
        return raw  # the verdict says what is wrong with it, as with any file
