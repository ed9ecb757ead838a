"""Several students at once, each graded in a process of their own.

    for done in each_apart(converter, ["ada", "alan"], at_once=2):
        done.student, done.graded, done.error

A process that is killed, for want of memory say, costs its own student's grading and no other's.
All of them write to one gradebook: in a SQLite file each waits its turn (door.py, `patient`).
"""

import logging
import multiprocessing
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

from nbgrader.converters import Autograde
from traitlets.config import Config

from autograder.children import cores

# Started afresh, not forked: Jupyter's threads and an open database are not for two processes.
START = multiprocessing.get_context("spawn")
EACH_NEEDS = 2 << 30  # bytes
LINE = "[%(name)s | %(levelname)s] %(message)s"


def at_once() -> int:
    """Return how many students this machine grades at once: a core and 2 GB of memory each."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(1, min(cores(), memory // EACH_NEEDS))


@dataclass(frozen=True)
class Done:
    """What became of one student."""

    student: str
    graded: bool = False  # there was a notebook
    error: str = ""


def each_apart(converter: Autograde, students: Sequence[str], at_once: int) -> Iterator[Done]:
    """Grade each student in a process of their own, and tell of each as soon as it is done."""
    waiting = list(students)
    working: dict[int, tuple[SpawnProcess, Connection, str]] = {}
    try:
        while waiting or working:
            while waiting and len(working) < at_once:
                process, answer = begin(converter, waiting[0])
                working[process.sentinel] = process, answer, waiting.pop(0)
            for sentinel in wait(list(working)):
                if isinstance(sentinel, int):
                    yield ended(*working.pop(sentinel))
    finally:
        for process, _, _ in working.values():
            process.terminate()
            process.join()


def begin(converter: Autograde, student: str) -> tuple[SpawnProcess, Connection]:
    """Start one student's process."""
    ours, theirs = START.Pipe(duplex=False)
    place, log = converter.coursedir, converter.log
    about = (converter.config, place.assignment_id, student, log.getEffectiveLevel(), theirs)
    process = START.Process(target=grade_one, args=about, daemon=True)
    process.start()
    theirs.close()  # so that its end is seen
    return process, ours


def ended(process: SpawnProcess, answer: Connection, student: str) -> Done:
    """Read what one student's process has to say."""
    process.join()
    with answer, suppress(EOFError):
        graded, error = answer.recv()
        return Done(student, graded, error)
    return Done(student, error=f"its process was ended from outside ({process.exitcode})")


def grade_one(
    config: Config, assignment: str, student: str, level: int, answer: Connection
) -> None:
    """Grade one student; this is what the process does."""
    from nbgrader.coursedir import CourseDirectory

    from autograder.classroom.notebooks.door import autograde_one, guard, handed_in
    from autograder.words import summary_of

    guard()
    logging.basicConfig(level=level, format=LINE)
    place = CourseDirectory(config=config)
    place.assignment_id = assignment
    converter = Autograde(coursedir=place, config=config, log=logging.getLogger("nbgrader"))
    try:
        [one] = [one for one in handed_in(place, assignment) if one.student == student]
        answer.send((autograde_one(converter, one), ""))
    except Exception as error:
        answer.send((False, summary_of(error, 300)))
