"""Lessons are written once, as percent files; this builds the notebooks that people get.

    python lessons/build.py                  # build/source and build/release, every lesson
    python lessons/build.py --solved 01 02   # and build/solved: executed, these two lessons
    python lessons/build.py --to my_lessons  # and a learner's own copies, never written over

    build/source/NN_name/NN_name.ipynb     with solutions and hidden tests: nbgrader's source
    build/release/NN_name/NN_name.ipynb    what a learner gets: stubs, visible checks, no output
    build/solved/NN_name/NN_name.ipynb     executed with solutions: what the site shows

How a lesson is written, and what its four tags mean, stands in README.md beside this file. The
release is made with nbgrader's own preprocessors, so it is what `nbgrader generate_assignment`
makes. Nothing random or dated goes in: the same lesson gives the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from nbgrader.nbgraderformat import MetadataValidator, ValidationError
from nbgrader.preprocessors import ClearHiddenTests, ClearOutput, ClearSolutions, LockCells
from traitlets.config import Config

LESSONS = Path(__file__).resolve().parent
BUILD = LESSONS.parent / "build"
NAME = re.compile(r"\d\d_\w+")
NAMED = re.compile(r"\b([Ll])esson\[(\w+)\]")  # how a lesson names another
MARK = re.compile(r"\s*### (BEGIN|END) (SOLUTION|HIDDEN TESTS)")
PATIENCE = 600  # seconds for a kernel to start or to say what it has done

# What nbgrader is told of a tagged cell. `solution`: the learner writes here. `locked`: restored
# from the source before grading. `grade`: points are given here. `task`: by somebody else.
TAGS: dict[str, dict[str, bool]] = {
    "task": {"solution": True, "locked": False, "grade": False, "task": False},
    "check": {"solution": False, "locked": True, "grade": True, "task": False},
    "answer": {"solution": True, "locked": False, "grade": True, "task": False},
    "verdict": {"solution": False, "locked": True, "grade": False, "task": True},
}

# The first cell of every notebook: it may have been opened where the package is missing.
FIRST_CELL = """\
# This cell only looks whether the course's package is here.
try:
    import course
except ModuleNotFoundError:
    raise ModuleNotFoundError(
        "this notebook needs the package under8k. In the folder of the course, run "
        "`pip install .`; in Colab or on a hub, put `%pip install ADDRESS` in a cell above, "
        "where ADDRESS is the course's repository (git+https://…) or its folder. "
        "Then restart the kernel and begin again."
    ) from None"""


class LessonError(Exception):
    """A sentence about a lesson's source: the lesson, the cell, what was expected."""


class NamedStubs(ClearSolutions):
    """Replace each solution by a stub that names its exercise, instead of one text for all."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Write the stub for this cell, then let nbgrader replace the solution by it."""
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        stub = f'raise NotImplementedError("Exercise {name}: your code goes here")'
        self.code_stub = {"python": f"# YOUR CODE HERE\n{stub}"}
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        return cell, resources


def sources(wanted: Iterable[str] = ()) -> list[Path]:
    """Find the lessons, in order; all of them, or those whose number or name begins as wanted."""
    found = sorted(path for path in LESSONS.glob("[0-9][0-9]_*.py") if NAME.fullmatch(path.stem))
    wanted = tuple(wanted)

    chosen = []
    for word in wanted:
        begin = [p for p in found if p.stem.startswith(word) or name_of(p).startswith(word)]
        if not begin:
            names = ", ".join(path.stem for path in found)
            raise LessonError(f"expected the beginning of a lesson's name, found {word}: {names}")
        chosen += begin
    return sorted(set(chosen)) or found


def number_of(path: Path) -> int:
    """Return a lesson's number, which is written in its file's name and nowhere else."""
    return int(path.stem[:2])


def name_of(path: Path) -> str:
    """Return a lesson's name, by which others speak of it."""
    return path.stem[3:]


def numbered(path: Path) -> str:
    """Return a lesson's text with its own number, and those of the lessons that it names."""
    text = path.read_text("utf-8")
    if NAME.fullmatch(path.stem):
        text = text.replace("# # ", f"# # {number_of(path)}. ", 1)
        text = text.replace("# | Lesson | |", f"# | Lesson {number_of(path)} | |", 1)
    numbers = {name_of(lesson): number_of(lesson) for lesson in sources()}

    def told(found: re.Match[str]) -> str:
        if found[2] not in numbers:
            names = ", ".join(numbers)
            raise LessonError(f"{path.name}: expected a lesson's name, found {found[0]}: {names}")
        return f"{found[1]}esson {numbers[found[2]]}"

    return NAMED.sub(told, text)


def read(path: Path) -> NotebookNode:
    """Turn a percent file into nbgrader's source notebook."""
    book = jupytext.reads(numbered(path), fmt="py:percent")
    first = nbformat.v4.new_code_cell(FIRST_CELL)
    # After the title and the box, before anything that needs the package.
    start = next((i for i, cell in enumerate(book.cells) if cell.cell_type == "code"), 0)
    book.cells.insert(start, first)
    for number, cell in enumerate(book.cells, start=1):
        try:
            expand(cell, number)
        except LessonError as error:
            raise LessonError(f"{path.name}, cell {number}: {error}") from None
    book.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    book.nbformat, book.nbformat_minor = 4, 5
    try:
        MetadataValidator().validate_nb(book)
    except ValidationError as error:
        raise LessonError(f"{path.name}: {error}") from None
    return book


def expand(cell: NotebookNode, number: int) -> None:
    """Replace a cell's short tag by nbgrader's metadata, and give it an id that stays."""
    given = {key: value for key, value in cell.metadata.items() if key in (*TAGS, "points")}
    unknown = set(cell.metadata) - {*TAGS, "points", "lines_to_next_cell", "title"}
    if unknown:
        raise LessonError(f"expected one of the tags {', '.join(TAGS)}, found {min(unknown)}")
    tags = [key for key in given if key in TAGS]
    if len(tags) > 1:
        raise LessonError(f"expected one tag, found {' and '.join(tags)}")
    cell.metadata = {}
    text = f"{number}\n{cell.source}".encode()
    cell.id = hashlib.sha256(text).hexdigest()[:12]
    if not tags:
        regions = ("BEGIN SOLUTION", "BEGIN HIDDEN TESTS")
        if any(region in cell.source for region in regions):
            raise LessonError("a solution or hidden test needs a tag: task=…, answer=… or check=…")
        return
    tag, name = tags[0], str(given[tags[0]])
    meta: dict[str, Any] = {"schema_version": 3, "grade_id": name, **TAGS[tag]}
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,50}", name):
        raise LessonError(f"expected a name of small letters, digits and _, found {name!r}")
    if tag == "task" and cell.cell_type != "code":
        raise LessonError(f"task {name}: expected code; prose is an answer")
    if tag == "check" and cell.cell_type != "code":
        raise LessonError(f"check {name}: expected code")
    if tag in ("answer", "verdict") and cell.cell_type != "markdown":
        raise LessonError(f"{tag} {name}: expected [markdown]")
    if tag in ("task", "answer") and "BEGIN SOLUTION" not in cell.source:
        raise LessonError(f"{tag} {name}: expected ### BEGIN SOLUTION and ### END SOLUTION")
    if tag != "task":
        if type(given.get("points")) is not int or given["points"] < 0:
            raise LessonError(f"{tag} {name}: expected points, a whole number")
        meta["points"] = given["points"]
    elif "points" in given:
        raise LessonError(f"task {name}: points belong to its check")
    cell.metadata = {"nbgrader": meta}
    cell.id = name


def release(book: NotebookNode) -> NotebookNode:
    """Return what a learner gets: solutions replaced by stubs, no hidden test, no output."""
    book = nbformat.from_dict(book)
    for step in (LockCells, NamedStubs, ClearOutput, ClearHiddenTests):
        book, _ = step().preprocess(book, {})
    return book


def solved(book: NotebookNode) -> NotebookNode:
    """Return the notebook with its solutions, without the marks around them."""
    book = nbformat.from_dict(book)
    for cell in book.cells:
        if cell.cell_type == "markdown":
            cell.source = cell.source.replace("### BEGIN SOLUTION", "*One good answer:*")
        lines = [line for line in cell.source.split("\n") if not MARK.fullmatch(line)]
        cell.source = "\n".join(lines)
    return book


def execute(book: NotebookNode, folder: Path) -> NotebookNode:
    """Run every cell and return the notebook with its figures; a warning is an error."""
    book = nbformat.from_dict(book)
    with TemporaryDirectory() as sockets:
        # Sockets in a folder, not open ports. The path must be absolute: the kernel runs elsewhere.
        manager = {"transport": "ipc", "ip": f"{sockets}/kernel"}
        client = NotebookClient(
            book,
            timeout=None,  # a busy machine takes longer
            startup_timeout=PATIENCE,
            iopub_timeout=PATIENCE,  # for the last output of a cell, which a figure may be
            kernel_name="python3",
            record_timing=False,
            resources={"metadata": {"path": str(folder)}},
            config=Config({"KernelManager": manager}),
        )
        client.execute(env=os.environ | {"PYTHONHASHSEED": "0", "AUTOGRADE_FIGURES": "page"})
    for cell in book.cells:
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                raise LessonError(f"a cell wrote to stderr, which loses its points: {output.text}")
    book.metadata.language_info = {"name": "python"}  # not this machine's version
    return book


def write(book: NotebookNode, kind: str, name: str) -> Path:
    """Write a notebook where its kind belongs."""
    path = BUILD / kind / name / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.validate(book)
    path.write_text(nbformat.writes(book) + "\n", "utf-8")
    return path


def build(path: Path, run: bool = False, say: Callable[[str], None] = print) -> None:
    """Build one lesson."""
    name, source = path.stem, read(path)
    write(source, "source", name)
    write(release(source), "release", name)
    say(f"built {name}")
    if run:
        try:
            with TemporaryDirectory() as folder:  # where the lesson keeps its predictions
                write(execute(solved(source), Path(folder)), "solved", name)
        except (CellExecutionError, LessonError) as error:
            raise LessonError(f"{path.name} does not run: {error}") from None
        say(f"ran {name}")


def hand_out(name: str, folder: Path, say: Callable[[str], None] = print) -> None:
    """Copy a released lesson to where a learner works, unless one is there already."""
    fresh = BUILD / "release" / name / f"{name}.ipynb"
    mine = folder / f"{name}.ipynb"
    if not mine.exists():
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(fresh, mine)
        say(f"new: {mine}")
    elif mine.read_bytes() != fresh.read_bytes():
        say(f"kept as you left it: {mine}")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Build the lessons' notebooks.")
    parser.add_argument("lessons", nargs="*", metavar="NN", help="only these; default: all")
    parser.add_argument("--solved", action="store_true", help="also execute them, with solutions")
    parser.add_argument("--to", type=Path, metavar="FOLDER", help="copy new ones to work on")
    options = parser.parse_args()
    try:
        for path in sources(options.lessons):
            build(path, options.solved, (lambda word: None) if options.to else print)
            if options.to:
                hand_out(path.stem, options.to)
    except LessonError as error:
        sys.exit(f"build: {error}")


if __name__ == "__main__":
    main()
