"""What a teacher does with a class, in a few words, through nbgrader's own interface."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config, PyFileConfigLoader

from lessons import build

NAME = "tiny"
CELL_SECONDS = 4


@dataclass
class Classroom:
    """A course folder with one assignment, and what a teacher does with it."""

    root: Path
    api: NbGraderAPI
    config: Config

    def released(self) -> NotebookNode:
        return nbformat.read(self.root / "release" / NAME / f"{NAME}.ipynb", 4)

    def submit(self, student: str, change: Callable[[NotebookNode], None], **files: str) -> None:
        folder = self.root / "submitted" / student / NAME
        folder.mkdir(parents=True)
        book = self.released()
        change(book)
        nbformat.write(book, folder / f"{NAME}.ipynb")
        for name, text in files.items():
            (folder / f"{name}.py").write_text(text)

    def autograde(self, student: str) -> dict[str, Any]:
        return self.api.autograde(NAME, student)

    def points(self, student: str) -> dict[str, float]:
        with self.api.gradebook as gradebook:
            book = gradebook.find_submission_notebook(NAME, NAME, student)
            return {grade.name: grade.score for grade in book.grades}

    def graded(self, student: str) -> dict[str, NotebookNode]:
        book = nbformat.read(self.root / "autograded" / student / NAME / f"{NAME}.ipynb", 4)
        return {cell.get("id", ""): cell for cell in book.cells}


def open_class(root: Path, source: Path) -> Classroom:
    loader = PyFileConfigLoader("nbgrader_config.py", path=str(build.LESSONS))
    config = loader.load_config()
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.source_directory = str(source)
    config.JailedExecute.timeout = CELL_SECONDS
    return Classroom(root, NbGraderAPI(config=config), config)


def write(book: NotebookNode, name: str, source: str) -> None:
    """Write into a learner's cell."""
    next(cell for cell in book.cells if cell.get("id") == name).source = source
