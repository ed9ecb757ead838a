"""nbgrader's steps, repaired: notebooks run in the jail, and no odd notebook stops the others.

lessons/nbgrader_config.py puts these in the place of nbgrader's own:

    TolerantIds      for DeduplicateIds   drops metadata that would stop the grading of everybody
    RestoredCells    for OverwriteCells   puts back cells and metadata that were lost
    JailedExecute    for Execute          runs the cells in the jail, within a time for all of them

door.py sees to it that each student's notebook comes here alone.

tests/lessons/test_traps.py holds a notebook of each odd kind.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Protocol, TypedDict

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from nbgrader.api import Gradebook
from nbgrader.preprocessors import DeduplicateIds, Execute, OverwriteCells
from traitlets import Integer

from autograder.classroom.notebooks.kernels import JailedKernels
from autograder.jail.parent import strength

# The keys without which nbgrader stops at a cell's metadata.
NEEDED = {"grade_id", "grade", "solution", "locked", "schema_version"}
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


class Place(TypedDict):
    """Which notebook nbgrader is at."""

    notebook: str
    assignment: str
    student: str
    db_url: str


class Resources(TypedDict):
    """What nbgrader hands from step to step; of its keys, those that are read here."""

    nbgrader: Place


# nbgrader has no types. These four say what is read here of the notebook that its gradebook keeps,
# which is the notebook as the instructor wrote it.
class NamedCell(Protocol):
    """A cell for a student's solution; only its name matters."""

    name: str


class GradedCell(NamedCell, Protocol):
    """A cell that gives points: a check, or a task that the instructor grades."""

    max_score: float


class SourceCell(NamedCell, Protocol):
    """A cell as the instructor wrote it."""

    cell_type: str
    source: str
    locked: bool
    checksum: str


class SourceNotebook(Protocol):
    """The notebook: all its cells, and again by name in the list of each kind."""

    source_cells: Sequence[SourceCell]
    grade_cells: Sequence[GradedCell]
    task_cells: Sequence[GradedCell]
    solution_cells: Sequence[NamedCell]


class TolerantIds(DeduplicateIds):
    """Turn cells whose metadata is broken into plain cells.

    Where a student copied a cell, nbgrader's own step leaves `nbgrader: {}` on one of the two.
    A later step takes that for an old version's and stops the grading of the whole class. Some
    editors keep only a part of the metadata, with the same result.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Drop broken metadata, let nbgrader strip all but one of equal cells, and drop again."""
        drop_broken(nb)
        nb, resources = super().preprocess(nb, resources)
        drop_broken(nb)
        return nb, resources


def drop_broken(nb: NotebookNode) -> None:
    """Drop nbgrader's metadata where a part of it is missing or of another version."""
    for cell in nb.cells:
        found = cell.metadata.get("nbgrader")
        whole = isinstance(found, dict) and set(found) >= NEEDED and found["schema_version"] == 3
        if found is not None and not whole:
            del cell.metadata["nbgrader"]


class RestoredCells(OverwriteCells):
    """Put back what a student or an editor lost: deleted cells, dropped metadata.

    nbgrader's own `add_missing_cells` puts back checks only, and fails where the cell before a
    check is missing too.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Restore the cells, then let nbgrader compare each with its source."""
        place = resources["nbgrader"]
        with Gradebook(place["db_url"]) as gradebook:
            restore(nb, gradebook.find_notebook(place["notebook"], place["assignment"]))
        return super().preprocess(nb, resources)


def restore(nb: NotebookNode, source: SourceNotebook) -> None:
    """Give the notebook every cell of its source, in the source's order where one is put back."""
    known = {cell.metadata["nbgrader"]["grade_id"] for cell in nb.cells if has_metadata(cell)}
    at = 0  # where the next missing cell goes: after the source cell before it
    for wanted in source.source_cells:
        # A cell that only lost its metadata is found by its id, which is its name
        # (lessons/build.py). Not where its name is known already: a student who pastes a copy
        # below the cell has TolerantIds strip the upper one, and the lower one takes its place.
        lost = {cell.get("id"): cell for cell in nb.cells if not has_metadata(cell)}
        if wanted.name not in known and wanted.name in lost:
            lost[wanted.name].metadata["nbgrader"] = metadata(source, wanted)
        elif wanted.name not in known:
            new = {"code": new_code_cell, "markdown": new_markdown_cell}[wanted.cell_type]
            found = {"nbgrader": metadata(source, wanted)}
            nb.cells.insert(at, new(wanted.source, id=wanted.name, metadata=found))
        names = [has_metadata(cell) and cell.metadata["nbgrader"]["grade_id"] for cell in nb.cells]
        at = names.index(wanted.name) + 1


def has_metadata(cell: NotebookNode) -> bool:
    """Return whether nbgrader knows the cell."""
    return "nbgrader" in cell.metadata


def metadata(source: SourceNotebook, cell: SourceCell) -> dict[str, object]:
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
    """Run a student's notebook in a jailed kernel, within a time limit for all its cells."""

    seconds = Integer(600, help="Seconds that all cells of one notebook may take together.")
    seconds.tag(config=True)

    def __init__(self, **options: object) -> None:
        super().__init__(kernel_manager_class=JailedKernels, **options)

    def preprocess(
        self, nb: NotebookNode, resources: Resources, km: object = None
    ) -> tuple[NotebookNode, Resources]:
        """Run every cell; where the kernel ends early, say so in the cells that were not run."""
        self.shown, self.done = 0, 0  # characters of output so far; cells that ran to their end
        deadline = time.monotonic() + self.seconds
        self.log.info("Students' cells run in the jail %s", strength().name)
        for missing in strength().missing:
            self.log.warning("The jail is weaker than it could be: %s", missing)

        def seconds_for(cell: NotebookNode) -> int:
            # A cell that ignores being interrupted uses up its own time limit and that of each
            # cell after it. Together they get no more than the notebook's, however many they are.
            left = deadline - time.monotonic()
            if left <= 0:
                raise CellTimeoutError.error_from_timeout_and_cell(
                    "the notebook's time is over", self.seconds, cell
                )
            return max(1, min(self.timeout or self.seconds, int(left)))

        self.timeout_func = seconds_for
        try:
            nb, resources = super().preprocess(nb, resources, km)
        except (DeadKernelError, CellTimeoutError) as error:
            why = ENDED if isinstance(error, DeadKernelError) else NEVER_ENDED
            for cell in nb.cells[self.done :]:
                if cell.cell_type == "code":
                    cell.outputs.append(stopped(why))
        return nb, resources

    def on_cell_executed(self, *, cell_index: int, **about: object) -> None:
        """Remember how far the notebook came."""
        super().on_cell_executed(cell_index=cell_index, **about)
        self.done = cell_index + 1

    def process_message(
        self, msg: Mapping[str, object], cell: NotebookNode, cell_index: int
    ) -> NotebookNode | None:
        """Take a message from the kernel, unless it is output beyond MOST_SHOWN.

        A cell that prints for ever would fill the memory of this process, which is not jailed.
        """
        if msg["msg_type"] in SHOWN:
            self.shown += len(str(msg["content"]))
            if self.shown > MOST_SHOWN:
                return None
        return super().process_message(msg, cell, cell_index)


def stopped(text: str) -> NotebookNode:
    """Return an error as the output of a cell that did not run to its end; it gets no points."""
    error: NotebookNode = new_output(
        "error", ename="KernelEnded", evalue=text, traceback=[f"\x1b[31m✗\x1b[0m {text}"]
    )
    return error
