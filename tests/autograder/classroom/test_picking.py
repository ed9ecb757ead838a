"""Of a student's files the right one is graded, or none."""

import stat

import pytest

from autograder.classroom.folders import ClassError
from autograder.classroom.picking import pick
from autograder.classroom.places import Entry


def files(*names: str) -> list[Entry]:
    """Make entries; a name that ends in a slash is a folder."""
    return [
        Entry(name.rstrip("/"), stat.S_IFDIR if name.endswith("/") else stat.S_IFREG)
        for name in names
    ]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["model.py"], "model.py"),
        (["model.py", "model (1).py", "other.py"], "model.py"),
        (["Model.py", "other.py"], "Model.py"),
        (["Model (1).py"], "Model (1).py"),
        (["model(2).py", "model (10).py", "model-1.py"], "model (10).py"),
        (["MODEL.PY"], "MODEL.PY"),
        (["my_net.py", "notes.txt"], "my_net.py"),
        (["net.py", "model.ipynb"], "net.py"),
        (["model.ipynb", "other.ipynb"], "model.ipynb"),
        (["model-1.ipynb", "other.ipynb"], "model-1.ipynb"),
        (["work.ipynb", "data/"], "work.ipynb"),
        (["model.py/"], "model.py"),  # reading it says that it is a folder
    ],
)
def test_the_file_is_chosen(names, expected):
    assert pick(files(*names)) == expected


@pytest.mark.parametrize(
    ("names", "says"),
    [
        ([], "expected model.py or model.ipynb, found nothing"),
        (["a.py", "b.py"], "expected one model.py, found a.py, b.py"),
        (["a.py", "b.py", "model.ipynb"], "expected one model.py, found a.py, b.py"),
        (["Model.py", "MODEL.py"], "expected one model.py, found Model.py, MODEL.py"),
        (["model (1).py", "model-1.py"], "expected one model.py, found model "),
        (["model.py.txt", "src/"], "expected model.py or model.ipynb, found model.py.txt, the fol"),
        ([f"{n}.txt" for n in range(9)], "found 0.txt, 1.txt, 2.txt, 3.txt, 4.txt and 4 more"),
        (["\x1b[2J.txt"], r"found  \[2J.txt"),
    ],
)
def test_where_it_is_not_clear_nothing_is_guessed(names, says):
    with pytest.raises(ClassError, match=says):
        pick(files(*names))
