"""The class's folder and gradebook: how it is set up there, and which cells ask for a verdict.

A lesson asks for one with a cell that names the rules: verdict="under-8k" points=10.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.assignment import Assignment, load
from autograder.classroom.folders import ClassError
from autograder.classroom.notebooks.steps import GradedCell


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
    cells = verdict_cells(book, assignment)
    if not cells:
        raise ClassError(f"expected a cell with verdict=… in {assignment}, found none")
    return [
        Wanted(assignment, notebook, cell.name, cell.max_score, rules(place, cell.name))
        for notebook, cell in cells
    ]


def verdict_cells(book: Gradebook, assignment: str) -> list[tuple[str, GradedCell]]:
    """Return the cells of an assignment that ask for a verdict, each with its notebook."""
    try:
        notebooks = book.find_assignment(assignment).notebooks
    except MissingEntry:
        known = ", ".join(one.name for one in book.assignments) or "none"
        raise ClassError(
            f"expected an assignment of this class ({known}), found {assignment}"
        ) from None
    return [(notebook.name, cell) for notebook in notebooks for cell in notebook.task_cells]


def rules(place: CourseDirectory, name: str) -> Assignment:
    """Load the rules a cell names: the class's own file of that name, else the shipped ones."""
    own = Path(place.root, f"{name}.toml")
    return load(own if own.is_file() else name)
