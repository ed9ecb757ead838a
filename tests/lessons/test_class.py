"""A class through real nbgrader: each of seven gets the right points, none stops the others."""

import csv
import html
import re

import nbformat
import pytest
from nbgrader.plugins import CsvExportPlugin

from autograder.planning import plan
from tests.lessons.classes import NAME, write

# nbgrader's own, under a SQLAlchemy that is newer than it knows.
pytestmark = [
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
    pytest.mark.xdist_group("class"),  # one process: the class is graded once for all tests
]

ADD = "def add(a, b):\n    return a + b\n"
DOUBLE = "def double(a):\n    return 2 * a\n"


def perfect(book):
    write(book, "add", ADD)
    write(book, "double", DOUBLE)
    write(book, "why", "Because.")


def blank(book):
    pass


def wrong(book):
    write(book, "add", "def add(a, b):\n    return 3\n")  # passes what it can see
    write(book, "double", DOUBLE)


def crashing(book):
    perfect(book)
    write(book, "double", "import os\nos._exit(1)\n")


def looping(book):
    perfect(book)
    endless = "while True:\n    try:\n        while True:\n            pass\n"
    write(book, "double", endless + "    except KeyboardInterrupt:\n        pass\n")


def tampering(book):
    write(book, "check_add", "pass")
    cell = next(cell for cell in book.cells if cell.id == "check_double")
    cell.metadata.nbgrader["points"] = 100
    cell.metadata.nbgrader["locked"] = False
    cell.source = "pass"


def planning(book):
    perfect(book)
    code = 'from autograder.planning.widget import Planner\nPlanner("8 p 16 gap")'
    book.cells.append(nbformat.v4.new_code_cell(code))


STUDENTS = {
    perfect: {"check_add": 2, "check_double": 3},
    planning: {"check_add": 2, "check_double": 3},
    blank: {"check_add": 0, "check_double": 0},
    wrong: {"check_add": 0, "check_double": 3},
    crashing: {"check_add": 2, "check_double": 0},
    looping: {"check_add": 2, "check_double": 0},
    tampering: {"check_add": 0, "check_double": 0},
}


@pytest.fixture(scope="module")
def graded(classroom):
    """Hand in, autograde, write feedback and export, once for all tests."""
    for student in STUDENTS:
        classroom.submit(student.__name__, student)
    for student in STUDENTS:
        result = classroom.autograde(student.__name__)
        assert result["success"], (student.__name__, result)
        result = classroom.api.generate_feedback(NAME, student.__name__)
        assert result["success"], (student.__name__, result)
    return classroom


@pytest.mark.parametrize("student", STUDENTS, ids=lambda student: student.__name__)
def test_each_student_gets_the_right_points(graded, student):
    points = graded.points(student.__name__)
    assert {name: points[name] for name in ("check_add", "check_double")} == STUDENTS[student]


@pytest.mark.parametrize("student", STUDENTS, ids=lambda student: student.__name__)
def test_each_student_gets_feedback(graded, student):
    page = graded.root / "feedback" / student.__name__ / NAME / f"{NAME}.html"
    assert f"{NAME} (Score:" in page.read_text()


def test_a_planner_runs_in_the_jail_and_is_shown_as_it_was_drawn(graded):
    page = (graded.root / "feedback" / "planning" / NAME / f"{NAME}.html").read_text()
    assert f"<strong>{plan('8 p 16 gap').parameters:,}</strong> of 7,999 parameters" in page
    assert "widget-view" not in page


def test_feedback_says_why_a_cell_was_not_run(graded):
    page = (graded.root / "feedback" / "crashing" / NAME / f"{NAME}.html").read_text()
    assert "The kernel ended before this cell was done" in page
    page = (graded.root / "feedback" / "looping" / NAME / f"{NAME}.html").read_text()
    assert "was still running at its time limit" in page


def test_feedback_keeps_hidden_tests_hidden(graded):
    for student in STUDENTS:
        page = (graded.root / "feedback" / student.__name__ / NAME / f"{NAME}.html").read_text()
        text = re.sub(r"<[^>]*>", "", html.unescape(page))
        assert "add(-1, 1)" not in text
        assert "HIDDEN" not in text
        assert "double(4)" in text  # what is not hidden is shown
        assert ("A hidden test failed" in text) == (student is wrong)


def test_a_changed_check_is_put_back(graded):
    cells = graded.graded("tampering")
    assert "assert add(-1, 1) == 0" in cells["check_add"].source
    assert cells["check_double"].metadata.nbgrader["points"] == 3


def test_what_people_grade_waits_for_them(graded):
    with graded.api.gradebook as gradebook:
        book = gradebook.find_submission_notebook(NAME, NAME, "perfect")
        assert {grade.name for grade in book.grades if grade.needs_manual_grade} >= {"why"}
        assert book.max_score == 19


def test_the_class_is_exported_as_csv(graded, tmp_path):
    plugin = CsvExportPlugin(config=graded.config)
    plugin.to = str(tmp_path / "grades.csv")
    with graded.api.gradebook as gradebook:
        plugin.export(gradebook)
    table = csv.DictReader((tmp_path / "grades.csv").read_text().splitlines())
    rows = {row["student_id"]: row for row in table}
    assert {name: float(row["score"]) for name, row in rows.items()} == {
        student.__name__: sum(points.values()) for student, points in STUDENTS.items()
    }
    assert {float(row["max_score"]) for row in rows.values()} == {19}


def test_the_release_is_what_the_builder_makes(graded):
    built = graded.root.parent / "build" / "release" / NAME / f"{NAME}.ipynb"
    ours, theirs = nbformat.read(built, 4), graded.released()
    assert [cell.source for cell in ours.cells] == [cell.source for cell in theirs.cells]
    assert "BEGIN SOLUTION" not in str(theirs)
    assert "add(-1, 1)" not in str(theirs)
