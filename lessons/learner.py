"""A lesson as a learner reads it on the site: the stubs in sight, the answers folded.

    book = reading(solved, source)      # an executed notebook, and build.read's of the same lesson

No hidden test is in it. What a cell shows stands below it, but for answers and checks: they hold
what they show in their fold.
"""

from __future__ import annotations

from collections.abc import Iterator

import nbformat
from nbformat import NotebookNode

from lessons import build

ONE_ANSWER, BEGIN, END = "One good answer", "### BEGIN SOLUTION", "### END SOLUTION"


def reading(solved: NotebookNode, source: NotebookNode) -> NotebookNode:
    """Return the executed notebook in the order in which it is read."""
    book = nbformat.from_dict(solved)
    pairs = zip(solved.cells, source.cells, build.release(source).cells, strict=True)
    book.cells = []
    answers: list[NotebookNode] = []  # that wait until the checks and hints have been seen
    for executed, written, released in pairs:
        if written.source == build.FIRST_CELL:
            continue
        if answers and not helps(written):
            book.cells += answers
            answers = []
        shown, *rest = learner(executed, written, released)
        book.cells.append(shown)
        answers += rest
    book.cells += answers
    return book


def helps(cell: NotebookNode) -> bool:
    """Tell checks and hints, which belong to the exercise above them."""
    return kind_of(cell) == "check" or cell.source.startswith("<details><summary>Hint")


def learner(
    executed: NotebookNode, written: NotebookNode, released: NotebookNode
) -> Iterator[NotebookNode]:
    """Yield what a learner sees of one cell: what was asked, and then what may be answered."""
    match kind_of(written):
        case "task":
            yield labelled(released, "task")
            if not written.id.startswith("predict_"):  # what comes of it is on the page anyway
                yield labelled(executed, "answer", fold=ONE_ANSWER)
        case "answer":
            question, _, rest = written.source.partition(BEGIN)
            yield labelled(markdown(written, question), "question")
            answer = markdown(written, rest.partition(END)[0])
            yield labelled(answer, "answer", fold=ONE_ANSWER)
        case "check":
            points = written.metadata["nbgrader"]["points"]
            worth = f"{points} point{'' if points == 1 else 's'}"
            yield labelled(released, "check", fold=f"What checks it, {worth}")
        case _:
            yield executed


def kind_of(cell: NotebookNode) -> str:
    """Tell by nbgrader's words which of the tags a cell was written with, if any."""
    known = cell.metadata.get("nbgrader", {})
    if not known.get("solution"):
        return "check" if known.get("grade") else ""
    return "answer" if known["grade"] else "task"


def markdown(cell: NotebookNode, text: str) -> NotebookNode:
    """Return a cell with another text."""
    return NotebookNode(cell | {"source": text.strip()})


def labelled(cell: NotebookNode, tag: str, fold: str = "") -> NotebookNode:
    """Return a cell for the style sheet to know, closed where it is folded."""
    metadata = {"tags": [tag], "fold": fold}
    # A task and its answer are one cell of the notebook, and two of the page.
    return NotebookNode(cell | {"metadata": NotebookNode(metadata), "id": f"{tag}-{cell.id}"})
