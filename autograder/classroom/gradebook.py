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

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.assignment import Assignment, load
from autograder.job import Options, job_of
from autograder.results.database import entry_of
from autograder.results.leaderboard import Leaderboard
from autograder.verdict import Verdict
from course.errors import ExitCode, UsageError

FILE = "model.py"
# Everything is right but what comes out of the training: half the points.
NEARLY = {"accuracy", "time"}
Grade = Callable[[Path, Assignment, str], Verdict]  # a file, its rules, its student


class ClassError(UsageError):
    """A sentence about the class folder or its gradebook: what was expected, what was found."""


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


def submissions(place: CourseDirectory, assignment: str) -> dict[str, Path]:
    """Find who has handed in, and the folder of each."""
    pattern = place.format_path(place.submitted_directory, "*", assignment)
    return {path.parent.name: path for path in sorted(Path("/").glob(pattern.lstrip("/")))}


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
    handed_in = submissions(place, assignment)
    if only is not None and only not in handed_in:
        names = ", ".join(handed_in) or "nobody"
        raise ClassError(f"expected a student who handed in {assignment} ({names}), found {only}")
    with open_gradebook(place) as book:
        for cell in wanted(place, book, assignment):
            for student, folder in handed_in.items():
                if only in (None, student):
                    yield f"{student}: {enter_one(book, cell, student, folder / FILE, grade)}"


def enter_one(book: Gradebook, cell: Wanted, student: str, file: Path, grade: Grade) -> str:
    """Grade one submission, write its points, and say so."""
    if file.is_symlink() or not file.is_file():
        gained, said = 0.0, f"no {FILE} was handed in"
    else:
        verdict = grade(file, cell.rules, student)
        # Nothing is entered, so that running the command again can still give the points.
        if verdict.exit_code == ExitCode.FAULT:
            return f"not entered, a fault of the grader or the machine: {verdict.headline()}"
        gained, said = points(verdict, cell.most), verdict.headline()
    changed = write(book, cell, student, gained, f"{cell.rules.title}: {said}")
    state = "" if changed else " (as before)"
    return f"{gained:g} of {cell.most:g} points{state}: {said}"


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
