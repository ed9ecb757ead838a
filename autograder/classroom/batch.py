"""A folder of hand-ins becomes rows of the queue, and the queue's verdicts become the class's rows.

    batch = enqueue(queue, folder, rules, options, roster)
    work_off(queue, batch.name, engine, watcher)
    for row in batch.rows(queue): …

Everybody has a row, whatever became of the file. Doing all of it again does no harm: the same file
by the same rules is the same row of the queue, and keeps its verdict.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.assignment import Assignment
from autograder.classroom.folders import ClassError
from autograder.classroom.layouts import HandIn, hand_ins
from autograder.classroom.marks import Lateness, lateness
from autograder.classroom.regrade import Told
from autograder.classroom.roster import Roster
from autograder.classroom.rows import ClassRow, row_of
from autograder.fleet.queue import Queue, Result, Ticket
from autograder.job import Options, source_of


@dataclass(frozen=True)
class HandedIn:
    """One student's hand-in, and its place in the queue where it has one."""

    hand_in: HandIn
    late: Lateness
    number: int | None = None  # of its row in the queue
    unread: str = ""  # why there is nothing to grade


@dataclass(frozen=True)
class Batch:
    """A class's hand-ins for one assignment."""

    name: str  # of its queue
    rules: Assignment
    everybody: tuple[HandedIn, ...]

    @property
    def numbers(self) -> list[int]:
        """The rows of the queue that belong to it."""
        return [one.number for one in self.everybody if one.number is not None]

    def rows(self, queue: Queue) -> list[ClassRow]:
        """Return one row a student, by what the queue knows by now."""
        results = queue.results(self.numbers)
        copies = copied(self.everybody, results)
        return [
            self.row(one, results, copies.get(one.hand_in.student, ())) for one in self.everybody
        ]

    def told(self, queue: Queue, rows: Sequence[ClassRow]) -> Told:
        """Return what the class is told, as the next regrade wants to know it."""
        results = queue.results(self.numbers)
        found = [(one.hand_in.student, results.get(one.number or 0)) for one in self.everybody]
        files = {s: r.verdict.submission.sha256 for s, r in found if r is not None and r.verdict}
        return Told(self.rules, tuple(rows), files)

    def row(self, one: HandedIn, results: dict[int, Result], copies: Sequence[str]) -> ClassRow:
        """Return one student's row."""
        result = results.get(one.number) if one.number is not None else None
        fault = ""
        if result is not None and result.verdict is None:
            fault = result.fault or "not graded yet: run autograde batch again"
        return row_of(
            one.hand_in,
            self.rules,
            late=one.late,
            verdict=result.verdict if result is not None else None,
            submission=result.entry if result is not None else None,
            fault=fault,
            unread=one.unread,
            copies=copies,
        )


def enqueue(
    queue: Queue,
    folder: Path,
    rules: Assignment,
    options: Options,
    roster: Roster | None = None,
    assignment: str | None = None,
) -> Batch:
    """Give every hand-in of a folder its row in the queue."""
    name = f"batch {rules.name} {folder.resolve()}"
    extensions = {student.id: student.extension for student in roster.students} if roster else {}
    everybody: list[HandedIn] = []
    for hand_in in hand_ins(folder, roster, assignment):
        late = lateness(hand_in.handed_in, rules, extensions.get(hand_in.student))
        one = HandedIn(hand_in, late)
        if not late.refused and hand_in.file is not None:
            try:
                source = source_of(hand_in.read())
            except ClassError as error:
                one = HandedIn(hand_in, late, unread=str(error))
            else:
                ticket = Ticket(name, hand_in.student, hand_in.file, source, rules, options)
                one = HandedIn(hand_in, late, queue.put(ticket))
        everybody.append(one)
    return Batch(name, rules, tuple(everybody))


def copied(everybody: Sequence[HandedIn], results: dict[int, Result]) -> dict[str, list[str]]:
    """Name for each student the others who handed in the same network and recipe.

    The same is what trains alike: names, comments and the order of independent lines aside.
    """
    alike: dict[str, list[str]] = defaultdict(list)
    for one in everybody:
        verdict = results[one.number].verdict if one.number in results else None
        if verdict is not None and verdict.submission.fingerprint:
            alike[verdict.submission.fingerprint].append(one.hand_in.student)
    return {
        student: [other for other in students if other != student]
        for students in alike.values()
        for student in students
        if len(students) > 1
    }
