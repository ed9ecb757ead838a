"""Feedback that keeps hidden tests hidden: neither their lines nor what they say of a failure.

nbgrader's own feedback shows each cell as it was graded, with its hidden tests and, where one
failed, a traceback that quotes them. The next class would get the same tests.
"""

import re

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.classroom.notebooks.steps import Resources

BEGIN, END = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
ARROW = re.compile(r"-+> *\d+ (?P<code>.*)")  # IPython's, at the line that failed
FAILED = "A hidden test failed: what was asked for is not done in a case that is not shown here."


class HideTests(NbGraderPreprocessor):
    """Take hidden tests out of what a student gets back."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: Resources, index: int
    ) -> tuple[NotebookNode, Resources]:
        """Hide the tests of a check; a student's own cell stays as it is."""
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade"):
            cell.source, hidden = parted(cell.source)
            if hidden:
                cell.outputs = [hide(output, hidden) for output in cell.outputs]
        return cell, resources


def parted(source: str) -> tuple[str, set[str]]:
    """Return a cell without its hidden tests, and the lines of these."""
    shown: list[str] = []
    hidden: set[str] = set()
    inside = False
    for line in source.split("\n"):
        if BEGIN in line or END in line:
            inside = BEGIN in line
        elif inside:
            hidden |= {line.strip()} - {""}
        else:
            shown.append(line)
    return "\n".join(shown), hidden


def hide(output: NotebookNode, hidden: set[str]) -> NotebookNode:
    """Return an error without what hidden tests say in it; any other output as it is."""
    if output.output_type != "error":
        return output
    lines = [line for text in output.traceback for line in text.split("\n")]
    if any(tells(line, hidden) for line in lines if ARROW.match(COLOUR.sub("", line))):
        return new_output("error", ename="HiddenTest", evalue=FAILED, traceback=[f"✗ {FAILED}"])
    output.traceback = ["\n".join(line for line in lines if not tells(line, hidden))]
    return output


def tells(line: str, hidden: set[str]) -> bool:
    """Return whether a line of a traceback quotes a hidden test."""
    plain = COLOUR.sub("", line)
    return any(test in plain for test in (BEGIN, END, *hidden))
