"""What a student gets back tells of a failed check, and not of the tests that were hidden."""

from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter
from traitlets.config import Config

from autograder.assignment import load
from autograder.classroom.notebooks.feedback import FAILED, CarryReport, HideTests
from autograder.classroom.pages import page_in_class, part_of
from autograder.reports.entry import EntryPage
from autograder.reports.pages import render
from tests.helpers.verdicts import verdict

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


# ---- the report of a model.py -------------------------------------------------------------------


def with_report(root: Path, page: str | None, task: bool = True) -> str:
    """Write the feedback page of a notebook that asks for a verdict, or not."""
    if page is not None:
        place = page_in_class(str(root), "capstone", "ada")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(page)
    config = Config({"CourseDirectory": {"root": str(root)}})
    meta = {"nbgrader": {"task": task, "grade_id": "verdict"}}
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("Hand in", metadata=meta)])
    this = {"nbgrader": {"assignment": "capstone", "student": "ada", "notebook": "capstone"}}
    carried, _ = CarryReport(config=config).preprocess(book, this)
    return HTMLExporter(template_name="classic").from_notebook_node(carried)[0]


def test_feedback_carries_the_report_of_a_model(tmp_path: Path) -> None:
    page = EntryPage("ada", load("under-8k"), "passed", "well done", verdict=verdict())
    whole = render("entry.html", page=page)
    feedback = with_report(tmp_path, whole)
    assert feedback.count('<div class="report">') == feedback.count("well done") == 1
    assert ".report svg .test" in feedback  # its style
    assert feedback.count("<polyline") == part_of(whole).count("<polyline") > 0
    assert "well done" not in with_report(tmp_path, None, task=False)
    assert "well done" not in with_report(tmp_path / "elsewhere", None)
