"""What has bitten nbgrader classes before: odd notebooks score right and stop nobody else."""

import shutil

import pytest
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from tests.lessons.classes import NAME, write

pytestmark = [
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
    pytest.mark.xdist_group("traps"),  # one process: the class is graded once for all tests
]

ADD = "def add(a, b):\n    return a + b\n"
DOUBLE = "def double(a):\n    return 2 * a\n"


def place(book, name):
    return next(i for i, cell in enumerate(book.cells) if cell.get("id") == name)


def solved(book):
    write(book, "add", ADD)
    write(book, "double", DOUBLE)


def copied(book):
    """Jupyter's copy and paste keeps nbgrader's metadata."""
    solved(book)
    copy = book.cells[place(book, "check_add")].copy()
    copy["id"] = "copied"
    book.cells.insert(place(book, "check_add"), copy)


def pasted_below(book):
    """The copy comes after the cell, which keeps its id while nbgrader strips its metadata."""
    solved(book)
    for name in ("add", "check_add"):
        copy = book.cells[place(book, name)].copy()
        copy["id"] = f"copied_{name}"
        book.cells.insert(place(book, name) + 1, copy)


def pasted_twice(book):
    """A copy of a copy, of exercise and check."""
    solved(book)
    for name in ("check_add", "double", "check_double"):
        for number in range(2):
            copy = book.cells[place(book, name)].copy()
            copy["id"] = f"copied_{name}_{number}"
            book.cells.insert(place(book, name) + 1 + number, copy)


def merged(book):
    """Jupyter's merged cell keeps the metadata of the first: an exercise that holds its check."""
    solved(book)
    at = place(book, "double")
    book.cells[at].source += "\n" + book.cells.pop(at + 1).source


def retyped(book):
    """A check that became text, and an exercise that became raw."""
    solved(book)
    book.cells[place(book, "check_add")]["cell_type"] = "markdown"
    book.cells[place(book, "check_double")]["cell_type"] = "raw"


def renamed(book):
    """What a browser makes of the name of a second download."""
    solved(book)


def deleted(book):
    solved(book)
    del book.cells[place(book, "check_add")]


def beheaded(book):
    """The first exercise is gone, with its check."""
    solved(book)
    del book.cells[: place(book, "check_add") + 1]


def stripped(book):
    """Some editors drop metadata that they do not know."""
    solved(book)
    for cell in book.cells:
        cell.metadata = {}


def half_stripped(book):
    solved(book)
    book.cells[place(book, "check_double")].metadata["nbgrader"] = {"grade": True}


def old(book):
    """A notebook with the metadata of another nbgrader."""
    solved(book)
    for cell in book.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata["nbgrader"]["schema_version"] = 1


def linked(book):
    """A link beside the notebook leads to the class's gradebook."""
    write(book, "add", "def add(a, b):\n    return len(open('link', 'rb').read())\n")
    write(book, "double", DOUBLE)


def leaving(book):
    """A check that ends the kernel, with success, was not passed."""
    solved(book)
    write(book, "add", "import os\ndef add(a, b):\n    os._exit(0)\n")


def chatty(book):
    """What prints for ever fills nobody's memory."""
    write(book, "add", "def add(a, b):\n    while True:\n        print('x' * 100_000)\n")
    write(book, "double", DOUBLE)


def warning(book):
    """What is written to stderr is a failed check."""
    write(
        book, "add", "import warnings\ndef add(a, b):\n    warnings.warn('!')\n    return a + b\n"
    )
    write(book, "double", DOUBLE)


def other_kernel(book):
    solved(book)
    book.metadata["kernelspec"] = {"name": "nowhere", "display_name": "Nowhere", "language": "R"}


ODD = {
    copied: (2, 3),
    pasted_below: (2, 3),
    pasted_twice: (2, 3),
    merged: (2, 3),
    retyped: (2, 3),
    renamed: (2, 3),
    deleted: (2, 3),
    beheaded: (0, 3),
    stripped: (2, 3),
    half_stripped: (2, 3),
    old: (2, 3),
    linked: (0, 3),
    leaving: (0, 0),
    chatty: (0, None),  # whether the rest is run depends on how soon the printing stops
    warning: (0, 3),
    other_kernel: (2, 3),
}


@pytest.fixture(scope="module")
def graded(classroom):
    """Autograde everybody in one run, as `nbgrader autograde tiny` does."""
    for student in ODD:
        classroom.submit(student.__name__, student)
    folder = classroom.root / "submitted" / "renamed" / NAME
    (folder / f"{NAME}.ipynb").rename(folder / f"{NAME.title()} (1).ipynb")
    link = classroom.root / "submitted" / "linked" / NAME / "link"
    link.symlink_to(classroom.root / "gradebook.db")
    unreadable = classroom.root / "submitted" / "unreadable" / NAME
    unreadable.mkdir(parents=True)
    (unreadable / f"{NAME}.ipynb").write_text("{ this is no notebook")
    course = CourseDirectory(config=classroom.config)
    course.assignment_id = NAME
    classroom.config.Door.at_once = 2  # at once, into one gradebook
    with pytest.raises(NbGraderException, match="see the the above traceback"):
        Autograde(coursedir=course, config=classroom.config).start()  # one cannot be read
    return classroom


@pytest.mark.parametrize("student", ODD, ids=lambda student: student.__name__)
def test_an_odd_notebook_gets_the_points_it_earned(graded, student):
    points = graded.points(student.__name__)
    for check, expected in zip(("check_add", "check_double"), ODD[student], strict=True):
        assert expected is None or points[check] == expected, check


def test_endless_output_is_cut(graded):
    book = graded.root / "autograded" / "chatty" / NAME / f"{NAME}.ipynb"
    assert book.stat().st_size < 12_000_000


def test_what_a_link_leads_to_is_not_copied(graded):
    assert not list((graded.root / "autograded").rglob("link"))
    error = graded.graded("linked")["check_add"].outputs[0]
    assert error.ename == "FileNotFoundError"


def test_only_notebooks_reach_the_source(graded):
    # A paired .py with the solutions beside the notebook would be copied into the release.
    files = [path.name for path in (graded.root / "release").rglob("*") if path.is_file()]
    assert files == [f"{NAME}.ipynb"]


def test_a_release_can_be_made_again(graded):
    shutil.rmtree(graded.root / "release")
    assert graded.api.generate_assignment(NAME)["success"]
