"""The autograder's verdict on each student's model.py becomes points in nbgrader's gradebook.

    autograde gradebook 12_capstone --class .

A lesson asks for a verdict with a cell that names the rules: verdict="under-8k" points=10. Here
every submitted model.py is graded by those rules, and what [points] gives for it goes to that cell
through nbgrader's own interface, on the cell's scale. No cell that a student ran has a say in that.
Run it as often as you like: the same file by the same rules is not trained again, and the same
points are written.
"""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from autograder.assignment import Assignment
from autograder.classroom.folders import ClassError, fit
from autograder.classroom.marks import points
from autograder.classroom.notebooks.classfolder import Wanted, open_gradebook, verdict_cells, wanted
from autograder.classroom.notebooks.door import HandedIn, handed_in
from autograder.classroom.notebooks.late import apply_penalty, knows_late, note_time
from autograder.classroom.picking import FILE
from autograder.classroom.rows import ClassRow
from autograder.job import MOST_BYTES
from autograder.verdict import Verdict
from autograder.words import harmless, printable, summary_of
from course.errors import ExitCode, MachineError, SubmissionError, Under8kError, UsageError

Grade = Callable[[Path, Assignment, str], Verdict]  # a file, its rules, its student


def enter(
    place: CourseDirectory, assignment: str, grade: Grade, only: str | None = None
) -> Iterator[str]:
    """Grade every submission of an assignment and enter its points; say what was done for each."""
    submissions = handed_in(place, assignment)
    students = [submission.student for submission in submissions]
    if only is not None and only not in students:
        names = ", ".join(students) or "nobody"
        raise ClassError(f"expected a student who handed in {assignment} ({names}), found {only}")
    with open_gradebook(place) as book:
        for cell in wanted(place, book, assignment):
            for submission in submissions:
                if only in (None, submission.student):
                    row = enter_one(place, book, cell, submission, grade)
                    yield harmless(f"{submission.student}: {row}", keep="")


def enter_one(
    place: CourseDirectory, book: Gradebook, cell: Wanted, submission: HandedIn, grade: Grade
) -> str:
    """Grade one submission, write its points, and say so; whatever goes wrong is this one's row.

    Where nothing is entered, running the command again can still give the points.
    """
    try:
        gained, said = judged(cell, submission, grade)
        comment = printable(f"{cell.rules.title}: {said}", 2_000)
        note_time(place, book, cell, submission)
        changed = write(book, cell, submission.student, gained, comment)
        late = apply_penalty(place, book, cell, submission.student)
    except Exception as error:
        book.db.rollback()  # or what failed here would fail for everybody after
        said = summary_of(error, 300)
        if isinstance(error, UsageError | SubmissionError):
            return f"not entered, {said}"
        said = said if isinstance(error, Under8kError) else f"{type(error).__name__}: {said}"
        return f"not entered, a fault of the grader or the machine: {said}"
    state = "" if changed else " (as before)"
    off = f", {late:g} points off for being late" if late else ""
    return f"{gained:g} of {cell.most:g} points{state}{off}: {said}"


def enter_rows(place: CourseDirectory, rows: Sequence[ClassRow], assignment: str) -> Iterator[str]:
    """Enter the points of a batch's rows; say what was done for each.

    Without an assignment's name, the class must have one alone that asks for a verdict.
    """
    with open_gradebook(place) as book:
        names = [one.name for one in book.assignments if verdict_cells(book, one.name)]
        if not assignment and len(names) != 1:
            found = ", ".join(names) or "none"
            raise ClassError(f"expected an assignment with --title, one of these: {found}")
        for cell in wanted(place, book, assignment or names[0]):
            for row in rows:
                yield harmless(f"{row['student']}: {enter_row(place, book, cell, row)}", keep="")


def enter_row(place: CourseDirectory, book: Gradebook, cell: Wanted, row: ClassRow) -> str:
    """Enter the points of one row, on the cell's scale."""
    if row["points"] is None or row["gained"] is None:
        return f"not entered, {row['said']}"
    if not fit(row["student"]):
        return "not entered, expected a student's name of letters and signs"
    # Where nbgrader knows that it was late, it takes the points off itself.
    knows = knows_late(place, book, cell, row["student"])
    points = row["gained"] if knows else row["points"]
    entered = round(points * cell.most / row["most"], 2)
    comment = printable(f"{cell.rules.title}: {row['said']}", 2_000)
    changed = write(book, cell, row["student"], entered, comment)
    if knows:
        apply_penalty(place, book, cell, row["student"])
    return f"{entered:g} of {cell.most:g} points{'' if changed else ' (as before)'}"


def judged(cell: Wanted, submission: HandedIn, grade: Grade) -> tuple[float, str]:
    """Grade one submission; return its points, and what to say of them."""
    with TemporaryDirectory(prefix="model-") as folder:
        # A copy, read once: the student's own file may become another while it is graded.
        clean = Path(folder, FILE)
        try:
            clean.write_bytes(submission.read(submission.pick(FILE), MOST_BYTES))
        except FileNotFoundError:
            return 0.0, f"no {FILE} was handed in"
        verdict = grade(clean, cell.rules, submission.student)
    if verdict.exit_code == ExitCode.FAULT:
        raise MachineError(verdict.headline())
    found = points(verdict, cell.rules)
    why = "" if found.gained == found.most or len(found.by) == 1 else f" ({found})"
    return float(found.of(Decimal(str(cell.most)))), f"{verdict.headline()}{why}"


def write(book: Gradebook, cell: Wanted, student: str, gained: float, comment: str) -> bool:
    """Write points and comment into the gradebook; tell whether that changed anything."""
    book.update_or_create_student(student)
    book.update_or_create_submission(cell.assignment, student)
    place = (cell.cell, cell.notebook, cell.assignment, student)
    entry, remark = book.find_grade(*place), book.find_comment(*place)
    # manual_score, and not auto_score: nbgrader's own autograding would write over that one.
    before = (entry.manual_score, entry.needs_manual_grade, remark.manual_comment)
    entry.manual_score, entry.needs_manual_grade = gained, False
    remark.manual_comment = comment
    book.db.commit()
    return before != (gained, False, comment)
