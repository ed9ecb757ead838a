"""The autograder's verdict on each student's model.py becomes points in nbgrader's gradebook.

    autograde gradebook 10_capstone --class .

A lesson asks for a verdict with a cell that names the rules: verdict="under-8k" points=10. Here
every submitted model.py is graded by those rules, and the points go to that cell through nbgrader's
own interface. No cell that a student ran has a say in them. Run it as often as you like: the same
file by the same rules is not trained again, and the same points are written.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.assignment import Assignment, load
from autograder.classroom.door import HandedIn, handed_in
from autograder.classroom.folders import ClassError
from autograder.job import MOST_BYTES, Options, job_of
from autograder.results.database import entry_of
from autograder.results.leaderboard import Leaderboard
from autograder.verdict import Verdict
from autograder.words import harmless, printable, summary_of
from course.errors import ExitCode, MachineError, SubmissionError, Under8kError, UsageError

FILE = "model.py"
# Everything is right but what comes out of the training: half the points.
NEARLY = {"accuracy", "time"}
Grade = Callable[[Path, Assignment, str], Verdict]  # a file, its rules, its student


@dataclass(frozen=True)
class Wanted:
    """A cell of an assignment that asks for a verdict."""

    assignment: str
    notebook: str
    cell: str
    most: float
    rules: Assignment


def course(folder: Path) -> CourseDirectory:
    """Read how nbgrader is set up in a class folder."""
    file = folder / "nbgrader_config.py"
    if not file.is_file():
        raise ClassError(f"expected a class folder with nbgrader_config.py, found {folder}")
    config: Config = PyFileConfigLoader(file.name, path=str(folder.resolve())).load_config()
    config.CourseDirectory.setdefault("root", str(folder.resolve()))
    return CourseDirectory(config=config)


@contextmanager
def open_gradebook(place: CourseDirectory) -> Iterator[Gradebook]:
    """Open the class's gradebook, which `nbgrader generate_assignment` made."""
    file = Path(place.db_url.removeprefix("sqlite:///"))
    if place.db_url.startswith("sqlite:") and not file.is_file():
        raise ClassError(f"expected a gradebook at {file}, found none: make release comes first")
    with Gradebook(place.db_url, place.course_id) as book:
        yield book


def wanted(place: CourseDirectory, book: Gradebook, assignment: str) -> list[Wanted]:
    """Find the cells of an assignment that ask for a verdict, each with its rules."""
    try:
        notebooks = book.find_assignment(assignment).notebooks
    except MissingEntry:
        known = ", ".join(one.name for one in book.assignments) or "none"
        raise ClassError(
            f"expected an assignment of this class ({known}), found {assignment}"
        ) from None
    cells = [(notebook.name, cell) for notebook in notebooks for cell in notebook.task_cells]
    if not cells:
        raise ClassError(f"expected a cell with verdict=… in {assignment}, found none")
    return [
        Wanted(assignment, notebook, cell.name, cell.max_score, rules(place, cell.name))
        for notebook, cell in cells
    ]


def rules(place: CourseDirectory, name: str) -> Assignment:
    """Load the rules a cell names: the class's own file of that name, else the shipped ones."""
    own = Path(place.root, f"{name}.toml")
    return load(own if own.is_file() else name)


def points(verdict: Verdict, most: float) -> float:
    """Turn a verdict into points: all of them, half where only the training fell short, or none."""
    if verdict.passed:
        return most
    failed = {check.id for check in verdict.checks if check.bad}
    return most / 2 if verdict.runs and failed <= NEARLY else 0.0


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
                    row = f"{submission.student}: {enter_one(book, cell, submission, grade)}"
                    yield harmless(row, keep="")


def enter_one(book: Gradebook, cell: Wanted, submission: HandedIn, grade: Grade) -> str:
    """Grade one submission, write its points, and say so; whatever goes wrong is this one's row.

    Where nothing is entered, running the command again can still give the points.
    """
    try:
        gained, said = judged(cell, submission, grade)
        changed = write(
            book, cell, submission.student, gained, printable(f"{cell.rules.title}: {said}", 2_000)
        )
    except Exception as error:
        book.db.rollback()  # or what failed here would fail for everybody after
        said = summary_of(error, 300)
        if isinstance(error, UsageError | SubmissionError):
            return f"not entered, {said}"
        said = said if isinstance(error, Under8kError) else f"{type(error).__name__}: {said}"
        return f"not entered, a fault of the grader or the machine: {said}"
    state = "" if changed else " (as before)"
    return f"{gained:g} of {cell.most:g} points{state}: {said}"


def judged(cell: Wanted, submission: HandedIn, grade: Grade) -> tuple[float, str]:
    """Grade one submission; return its points, and what to say of them."""
    with TemporaryDirectory(prefix="model-") as folder:
        # A copy, read once: the student's own file may become another while it is graded.
        clean = Path(folder, FILE)
        try:
            clean.write_bytes(submission.read(FILE, MOST_BYTES))
        except FileNotFoundError:
            return 0.0, f"no {FILE} was handed in"
        verdict = grade(clean, cell.rules, submission.student)
    if verdict.exit_code == ExitCode.FAULT:
        raise MachineError(verdict.headline())
    return points(verdict, cell.most), verdict.headline()


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


def graded_once(board: Leaderboard, options: Options, key: bytes) -> Grade:
    """Return a way to grade that trains no file twice by the same rules and the same seeds."""
    from autograder.pipeline import grade

    def once(file: Path, rules: Assignment, student: str) -> Verdict:
        job = job_of(file, rules, options, key)
        digest = hashlib.sha256(job.source).hexdigest()
        # The newest first: of two verdicts on the same file, the later one counts.
        for entry in reversed(board.entries(rules.sha256, student)):
            known = entry.verdict
            same = known.submission.sha256 == digest and known.data == options.data
            if entry.finished and same and known.seeds == options.seeds:
                return known
        verdict = grade(job)
        if verdict.runs:
            board.add(entry_of(verdict, student, job.source.decode("utf-8", "replace")))
        return verdict

    return once
