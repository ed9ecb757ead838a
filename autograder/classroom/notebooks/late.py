"""What being late costs with nbgrader: the assignment's own [dates] and [late], and extensions.

    c.Autograde.autograde_preprocessors = [..., LatePenalties, ...]
    c.ByTheRules.rules = "under-8k"     # whose [late] holds for every lesson

nbgrader keeps when an assignment is due, a student's extension and what was handed in when, and
takes a penalty off a notebook's points. So dates and extensions are written where it keeps them,
and only the arithmetic is ours (marks.py).
"""

import logging
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties
from traitlets import Type, Unicode

from autograder.assignment import AssignmentError
from autograder.classroom.folders import ClassError
from autograder.classroom.layouts import MOST_TIMESTAMP, timestamp
from autograder.classroom.marks import due_for, final, late_by
from autograder.classroom.notebooks.classfolder import Wanted, rules, verdict_cells
from autograder.classroom.notebooks.door import HandedIn
from autograder.classroom.notebooks.steps import Place, Resources
from autograder.classroom.roster import Extension, load_roster

QUIET = logging.getLogger("autograder.late")  # a penalty stands in the student's row already
QUIET.setLevel(logging.ERROR)
ROSTER = "students.csv"  # in the class's folder, as `nbgrader db student import` reads it


class ByTheRules(LateSubmissionPlugin):
    """Take off what the [late] of an assignment's rules says."""

    rules = Unicode("under-8k", help="The rules whose [late] holds for the class.")
    rules.tag(config=True)

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """Return the points to take off."""
        policy = rules(CourseDirectory(config=self.config), self.rules)
        late = late_by(timedelta(seconds=total_seconds_late), policy)
        gained = Decimal(str(score))
        return float(gained - final(gained, late)) if late.percent else None


class LatePenalties(AssignLatePenalties):
    """Take points off for being late, by dates and extensions as they stand now."""

    plugin_class = Type(ByTheRules, klass=LateSubmissionPlugin).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Write the dates where nbgrader looks for them, and let it go on."""
        place, this = CourseDirectory(config=self.config), resources["nbgrader"]
        with Gradebook(this["db_url"]) as book:
            settle_dates(place, book, this["assignment"], this["student"])
        return super().preprocess(nb, resources)


def settle_dates(place: CourseDirectory, book: Gradebook, assignment: str, student: str) -> None:
    """Write when an assignment is due, and a student's extension, into the gradebook."""
    found = book.find_assignment(assignment)
    if due := due_of(place, book, assignment):
        found.duedate = without_zone(datetime.fromisoformat(due))
    if found.duedate is not None and (longer := extension_of(place, student)) is not None:
        due = found.duedate.replace(tzinfo=UTC)
        book.find_submission(assignment, student).extension = due_for(due, longer) - due
    book.db.commit()


def due_of(place: CourseDirectory, book: Gradebook, assignment: str) -> str:
    """Return when an assignment is due by the rules that one of its cells names."""
    for _, cell in verdict_cells(book, assignment):
        with suppress(AssignmentError):  # a task of the class's own, which names no rules
            if due := rules(place, cell.name).marking.due:
                return due
    return ""


def extension_of(place: CourseDirectory, student: str) -> Extension:
    """Look up a student's extension in the class's roster, if there is one."""
    file = Path(place.root, ROSTER)
    if not file.is_file():
        return None
    return next((one.extension for one in load_roster(file).students if one.id == student), None)


def note_time(place: CourseDirectory, book: Gradebook, cell: Wanted, submission: HandedIn) -> None:
    """Write when something was handed in and when it was due.

    It comes before the points: where either cannot be read, there are none that forget the penalty.
    """
    when, student = handed_in_at(submission), submission.student
    known = {} if when is None else {"timestamp": without_zone(when)}
    book.update_or_create_student(student)
    book.update_or_create_submission(cell.assignment, student, **known)
    settle_dates(place, book, cell.assignment, student)


def apply_penalty(place: CourseDirectory, book: Gradebook, cell: Wanted, student: str) -> float:
    """Let nbgrader take off what being late costs, once points are entered; return how many."""
    where: Place = {
        "notebook": cell.notebook,
        "assignment": cell.assignment,
        "student": student,
        "db_url": place.db_url,
    }
    LatePenalties(config=place.config, log=QUIET).preprocess(new_notebook(), {"nbgrader": where})
    book.db.expire_all()  # it was written through another connection
    off = book.find_submission_notebook(cell.notebook, cell.assignment, student)
    return float(off.late_submission_penalty or 0)


def knows_late(place: CourseDirectory, book: Gradebook, cell: Wanted, student: str) -> bool:
    """Return whether nbgrader knows when a student handed in, and that it was late."""
    try:
        settle_dates(place, book, cell.assignment, student)
        return bool(book.find_submission(cell.assignment, student).total_seconds_late > 0)
    except MissingEntry:
        return False


def handed_in_at(submission: HandedIn) -> datetime | None:
    """Read when something was handed in, where nbgrader's exchange has written that."""
    try:
        return timestamp(submission.read("timestamp.txt", MOST_TIMESTAMP).decode())
    except (FileNotFoundError, ClassError, UnicodeDecodeError):
        return None


def without_zone(moment: datetime) -> datetime:
    """Write a moment as nbgrader keeps it: in UTC, and without saying so."""
    return moment.astimezone(UTC).replace(tzinfo=None)
