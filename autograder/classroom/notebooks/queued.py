"""What the gradebook asks for goes through the queue: several at once, resumable, nobody twice.

    grade = queued(queue, place, "12_capstone", options, engine, screen)
    for line in enter(place, "12_capstone", grade): …

All hand-ins are graded first, side by side; then the gradebook is filled, student by student.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from autograder.assignment import Assignment
from autograder.classroom.notebooks.classfolder import open_gradebook, wanted
from autograder.classroom.notebooks.door import HandedIn, handed_in
from autograder.classroom.notebooks.gradebook import Grade
from autograder.classroom.picking import FILE
from autograder.fleet.engines import Engine
from autograder.fleet.queue import Queue, Ticket
from autograder.fleet.working import Watcher, work_off
from autograder.job import MOST_BYTES, Options
from autograder.verdict import Verdict
from course.errors import MachineError, Under8kError, UsageError

# Shows so many gradings, of which so many are done.
Screen = Callable[[int, int], AbstractContextManager[Watcher]]


def queued(
    queue: Queue,
    place: CourseDirectory,
    assignment: str,
    options: Options,
    engine: Engine,
    screen: Screen,
    only: str | None = None,
) -> Grade:
    """Grade all hand-ins of an assignment; return a way to look each of them up."""
    name = f"gradebook {assignment} {Path(place.root).resolve()}"
    with open_gradebook(place) as book:
        rules = [cell.rules for cell in wanted(place, book, assignment)]
    numbers = [
        queue.put(Ticket(name, one.student, FILE, source, by, options))
        for one, source in sources(handed_in(place, assignment), only)
        for by in rules
    ]
    done = sum(result.state == "done" for result in queue.results(numbers).values())
    with screen(len(numbers), done) as watcher:
        work_off(queue, name, engine, watcher)

    def look_up(file: Path, by: Assignment, student: str) -> Verdict:
        result = queue.find(Ticket(name, student, FILE, file.read_bytes(), by, options))
        if result is None:
            raise UsageError("expected the file that was graded, found another; run this again")
        if result.verdict is None:
            raise MachineError(result.fault)
        return result.verdict

    return look_up


def sources(everybody: list[HandedIn], only: str | None) -> Iterator[tuple[HandedIn, bytes]]:
    """Read what can be read; whatever cannot is said when the gradebook is filled."""
    for one in everybody:
        if only in (None, one.student):
            try:
                yield one, one.read(one.pick(FILE), MOST_BYTES)
            except (FileNotFoundError, Under8kError):
                continue
