"""What a student gets back tells of a failed check, and not of the tests that were hidden."""

import nbformat
import pytest

from autograder.classroom.notebooks.feedback import FAILED, HideTests

SOURCE = """\
assert add(1, 2) == 3
### BEGIN HIDDEN TESTS
secret = -1
assert add(secret, 1) == 0
### END HIDDEN TESTS
print("✓")"""
SHOWN = 'assert add(1, 2) == 3\nprint("✓")'


def graded(arrow: str, source: str = SOURCE, grade: bool = True) -> nbformat.NotebookNode:
    """Make a check with IPython's traceback; its arrow stands at a line."""
    lines = [
        f"{'----> ' if line == arrow else '      '}{number} \x1b[38;5;28m{line}\x1b[39m"
        for number, line in enumerate(source.split("\n"), start=1)
    ]
    error = nbformat.v4.new_output(
        "error", ename="AssertionError", evalue="", traceback=["Traceback", "\n".join(lines)]
    )
    meta = {"nbgrader": {"grade": grade, "grade_id": "check"}}
    cell = nbformat.v4.new_code_cell(source, metadata=meta, outputs=[error])
    return HideTests().preprocess_cell(cell, {}, 0)[0]


def test_a_hidden_test_that_failed_is_a_sentence():
    cell = graded("assert add(secret, 1) == 0")
    assert cell.source == SHOWN
    assert cell.outputs[0].evalue == FAILED
    assert "secret" not in str(cell)


def test_a_shown_test_that_failed_is_quoted_without_the_hidden_ones():
    cell = graded("assert add(1, 2) == 3")
    assert cell.outputs[0].ename == "AssertionError"
    assert "assert add(1, 2) == 3" in str(cell.outputs)
    assert "secret" not in str(cell)


@pytest.mark.parametrize("grade", [True, False])
def test_where_nothing_is_hidden_nothing_changes(grade):
    source = SHOWN if grade else SOURCE  # a student may write the marks as well
    cell = graded("assert add(1, 2) == 3", source, grade)
    assert cell.source == source
    assert len(cell.outputs[0].traceback) == 2
