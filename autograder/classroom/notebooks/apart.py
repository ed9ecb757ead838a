"""Several students at once, in a few processes that each grade one after the other.

    for done in each_apart(converter, ["ada", "alan"], at_once=2):
        done.student, done.graded, done.error

A process that is killed, for want of memory say, costs the grading of the student it was at, and
another takes its place. All of them write to one gradebook: in a SQLite file each waits its turn
(door.py, `patient`).
"""

import logging
import multiprocessing
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait

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


class Grader:
    """A process that grades one student after the other."""

    def __init__(self, converter: Autograde) -> None:
        self.line, theirs = START.Pipe()
        level = converter.log.getEffectiveLevel()
        about = (converter.config, converter.coursedir.assignment_id, level, theirs)
        self.process = START.Process(target=grade_each, args=about, daemon=True)
        self.process.start()
        theirs.close()  # or its end would not be seen
        self.student = ""

    def give(self, student: str) -> None:
        """Let it grade a student."""
        self.student = student
        with suppress(OSError):  # it has ended; take() will tell
            self.line.send(student)

    def take(self) -> Done:
        """Return what became of that student."""
        try:
            graded, error = self.line.recv()
            return Done(self.student, graded, error)
        except (EOFError, OSError):
            self.process.join()
            how = f"its process was ended from outside ({self.process.exitcode})"
            return Done(self.student, error=how)

    def end(self) -> None:
        """End the process, wherever it is."""
        self.process.terminate()
        self.process.join()
        self.line.close()


def each_apart(converter: Autograde, students: Sequence[str], at_once: int) -> Iterator[Done]:
    """Grade students in several processes, and tell of each as soon as it is done."""
    waiting = list(students)
    graders: dict[Connection, Grader] = {}
    try:
        while waiting or graders:
            while waiting and len(graders) < at_once:
                grader = Grader(converter)
                graders[grader.line] = grader
                grader.give(waiting.pop(0))
            for line in wait(list(graders)):
                grader = graders[line]  # type: ignore[index]  # a Connection, as it was given
                yield grader.take()
                if waiting and grader.process.is_alive():
                    grader.give(waiting.pop(0))
                else:
                    del graders[grader.line]
                    grader.end()
    finally:
        for grader in graders.values():
            grader.end()


def grade_each(config: Config, assignment: str, level: int, line: Connection) -> None:
    """Grade each student that is asked for; this is what a Grader's process does."""
    from nbgrader.coursedir import CourseDirectory

    from autograder.classroom.notebooks.door import autograde_one, guard, handed_in
    from autograder.words import summary_of

    guard()
    logging.basicConfig(level=level, format=LINE)
    place = CourseDirectory(config=config)
    place.assignment_id = assignment
    converter = Autograde(coursedir=place, config=config, log=logging.getLogger("nbgrader"))
    submissions = {one.student: one for one in handed_in(place, assignment)}
    while True:
        student = line.recv()  # ends with the process that asks
        try:
            line.send((autograde_one(converter, submissions[student]), ""))
        except Exception as error:
            line.send((False, summary_of(error, 300)))
