"""nbgrader's steps, mended: notebooks run in the jail, and no odd notebook stops the others.

lessons/nbgrader_config.py puts these in the place of nbgrader's own.
"""

import time
from pathlib import Path
from typing import Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from nbgrader.api import Gradebook
from nbgrader.preprocessors import DeduplicateIds, Execute, OverwriteCells
from traitlets import Integer

from autograder.classroom.kernels import JailedKernels
from autograder.jail.parent import strength

NEEDED = {
    "grade_id",
    "grade",
    "solution",
    "locked",
    "schema_version",
}  # of a cell that nbgrader shall know
ENDED = """\
The kernel ended before this cell was done: a cell here or above ended it
(exit, a crash, too much memory or processor time).
What comes after it could not be run."""
NEVER_ENDED = """\
A cell here or above was still running at its time limit
and did not stop when interrupted.
What comes after it could not be run."""
SHOWN = {"stream", "display_data", "update_display_data", "execute_result"}
MOST_SHOWN = 10_000_000  # characters of all cells' output; a lesson with its figures shows a tenth
Resources = dict[str, Any]


class TolerantIds(DeduplicateIds):
    """Make plain cells of those that are no longer nbgrader's, so that they stop nobody.

    Of a cell that a student copied, nbgrader's own step leaves `nbgrader: {}` on one, and later
    the whole class stops over it with a word about an old version. Other editors leave halves.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Drop what is broken, let nbgrader find what stands twice, drop what that leaves."""
        drop_broken(nb)
        nb, resources = super().preprocess(nb, resources)
        drop_broken(nb)
        return nb, resources


def drop_links(assignment: str, student: str, notebooks: list[str]) -> None:
    """Delete links in a submission before nbgrader copies what they lead to."""
    for folder in {Path(name).parent for name in notebooks}:
        for path in folder.rglob("*"):  # does not follow links to folders
            if path.is_symlink():
                path.unlink()


def drop_broken(nb: NotebookNode) -> None:
    """Drop nbgrader's metadata where a part of it is missing or of another version."""
    for cell in nb.cells:
        found = cell.metadata.get("nbgrader")
        whole = isinstance(found, dict) and set(found) >= NEEDED and found["schema_version"] == 3
        if found is not None and not whole:
            del cell.metadata["nbgrader"]


class RestoredCells(OverwriteCells):
    """Put back what a student's editor lost: cells that were deleted, metadata that was dropped.

    nbgrader's own `add_missing_cells` puts back checks alone, and fails where the cell before one
    is missing too.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Restore the cells, then let nbgrader compare each with its source."""
        place = resources["nbgrader"]
        with Gradebook(place["db_url"]) as gradebook:
            restore(nb, gradebook.find_notebook(place["notebook"], place["assignment"]))
        return super().preprocess(nb, resources)


def restore(nb: NotebookNode, source: Any) -> None:
    """Give the notebook every cell of its source (a Notebook of the gradebook), in order."""
    here = {cell.metadata["nbgrader"]["grade_id"] for cell in nb.cells if tagged(cell)}
    at = 0  # where the next missing cell goes: behind the one before it
    for wanted in source.source_cells:
        lost = {cell.get("id"): cell for cell in nb.cells if not tagged(cell)}
        if wanted.name in lost:  # a cell's id is its name (lessons/build.py)
            lost[wanted.name].metadata["nbgrader"] = metadata(source, wanted)
        elif wanted.name not in here:
            new = {"code": new_code_cell, "markdown": new_markdown_cell}[wanted.cell_type]
            found = {"nbgrader": metadata(source, wanted)}
            nb.cells.insert(at, new(wanted.source, id=wanted.name, metadata=found))
        names = [tagged(cell) and cell.metadata["nbgrader"]["grade_id"] for cell in nb.cells]
        at = names.index(wanted.name) + 1


def tagged(cell: NotebookNode) -> bool:
    """Tell whether nbgrader knows the cell."""
    return "nbgrader" in cell.metadata


def metadata(source: Any, cell: Any) -> Resources:
    """Return nbgrader's metadata of a cell of the source."""
    points = {one.name: one.max_score for one in (*source.grade_cells, *source.task_cells)}
    kinds = {
        "grade": cell.name in {one.name for one in source.grade_cells},
        "solution": cell.name in {one.name for one in source.solution_cells},
        "task": cell.name in {one.name for one in source.task_cells},
    }
    worth = {"points": points[cell.name]} if cell.name in points else {}
    named = {"grade_id": cell.name, "locked": cell.locked, "checksum": cell.checksum}
    return {"schema_version": 3, "cell_type": cell.cell_type, **named, **kinds, **worth}


class JailedExecute(Execute):
    """Run a student's notebook in a jailed kernel, to the end of its time and no further."""

    seconds = Integer(600, help="Seconds that all cells of one notebook may take together.")
    seconds.tag(config=True)

    def __init__(self, **options: Any) -> None:
        super().__init__(kernel_manager_class=JailedKernels, **options)

    def preprocess(
        self, nb: NotebookNode, resources: Resources, km: Any = None
    ) -> tuple[NotebookNode, Resources]:
        """Run every cell; where the kernel ends early, say so in the cells that were not run."""
        self.shown, self.done = 0, 0  # characters of output; cells that came to their end
        deadline = time.monotonic() + self.seconds
        self.log.info("Students' cells run in the jail %s", strength().name)
        for missing in strength().missing:
            self.log.warning("The jail is weaker than it could be: %s", missing)

        def left(cell: NotebookNode) -> int:
            # A cell that ignores being interrupted costs its time limit and that of each cell
            # behind it; together they cannot cost more than the notebook's.
            return max(1, min(self.timeout or self.seconds, int(deadline - time.monotonic())))

        self.timeout_func = left
        try:
            nb, resources = super().preprocess(nb, resources, km)
        except (DeadKernelError, CellTimeoutError) as error:
            why = ENDED if isinstance(error, DeadKernelError) else NEVER_ENDED
            for cell in nb.cells[self.done :]:
                if cell.cell_type == "code":
                    cell.outputs.append(stopped(why))
        return nb, resources

    def on_cell_executed(self, **about: Any) -> None:
        """Remember how far the notebook came."""
        super().on_cell_executed(**about)
        self.done = about["cell_index"] + 1

    def process_message(self, msg: Resources, cell: NotebookNode, cell_index: int) -> Any:
        """Take a message from the kernel, unless it is more output than anybody would read.

        A cell that prints for ever would fill this process's memory, which is the teacher's.
        """
        if msg["msg_type"] in SHOWN:
            self.shown += len(str(msg["content"]))
            if self.shown > MOST_SHOWN:
                return None
        return super().process_message(msg, cell, cell_index)


def stopped(text: str) -> NotebookNode:
    """Return the output of a cell that was not run, or not to its end; it gets no points."""
    error: NotebookNode = new_output(
        "error", ename="KernelEnded", evalue=text, traceback=[f"\x1b[31m✗\x1b[0m {text}"]
    )
    return error
