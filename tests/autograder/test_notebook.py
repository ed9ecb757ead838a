"""A notebook becomes the text of its code cells, and each line keeps its cell."""

import json

import pytest

from autograder.job import source_of
from autograder.problem import Problem
from autograder.source.lines import MOST, at, numbered, parts, place, places
from autograder.source.notebook import as_text, cells_of, is_notebook
from tests.helpers.notebooks import notebook

OLD = {"worksheets": [{"cells": [{"cell_type": "code", "input": ["x = 1\n"]}]}], "nbformat": 3}


@pytest.mark.parametrize(
    "cells",
    [
        ("import torch",),
        ("a = 1\n\n\nb = 2\n", "%matplotlib inline\nprint('é — 😀')", "x\r\ny"),
        ("# %% cell", "# %%\nz = 1"),
    ],
)
def test_cells_come_back_as_they_were(cells: tuple[str, ...]) -> None:
    text = as_text(notebook(*cells, outputs={"image/png": "A" * 100_000})).decode()
    assert [number for number, _ in cells_of(text)] == list(range(1, len(cells) + 1))
    for (_, found), given in zip(cells_of(text), cells, strict=True):
        assert found.rstrip("\n") == given.rstrip("\n")
    assert len(text) < 1000  # outputs stay behind


def test_empty_cells_are_not_counted_as_jupyter_does_not_run_them() -> None:
    assert cells_of(as_text(notebook("", "a", " \n", "b")).decode()) == [(1, "a\n"), (2, "b\n")]


def test_a_heading_that_was_pasted_begins_no_cell() -> None:
    [(_, text)] = cells_of(as_text(notebook("# %% cell 7\nx = 1")).decode())
    assert text == "# cell\nx = 1\n"


def test_the_old_format_is_read() -> None:
    assert cells_of(as_text(json.dumps(OLD).encode()).decode()) == [(1, "x = 1\n\n")]


def test_a_python_file_is_one_cell_without_a_number() -> None:
    text = "# %% cell 1\nx = 1\n"
    assert cells_of(text) == [(None, text)]
    assert source_of(text.encode()) == text.encode()
    assert not is_notebook(b"{'cells': 3}")


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (notebook("x = 1")[:-40], "JSON that is damaged or is none"),
        (b'{"cells": [1, 2]}', "JSON that is damaged or is none"),
        (b'{"cells":' + b"[" * 100_000, "JSON that is damaged or is none"),
        (b'{"cells": [{"cell_type": "code", "source": "\\ud800"}]}', "damaged"),
        (notebook(), "the notebook has no code cell"),
        (notebook("x = 1\n" * 200_000), "more than 1024 KB of code"),
    ],
)
def test_what_is_no_notebook_gets_a_sentence(raw: bytes, says: str) -> None:
    with pytest.raises(Problem, match=says):
        as_text(raw)
    assert source_of(raw) == raw  # the verdict says it


def test_a_line_is_said_with_its_cell() -> None:
    assert place(12) == "line 12"
    assert place(numbered(7, 3)) == "cell 7, line 3"
    assert parts(numbered(7, 3)) == (7, 3)
    assert parts(12) == (None, 12)
    assert at(None) == ""
    assert numbered(2_000, 999_999) <= MOST


@pytest.mark.parametrize(
    ("stretches", "said"),
    [
        ([(4, 4)], "line 4"),
        ([(4, 9)], "lines 4 to 9"),
        ([(4, 9), (12, 12), (20, 30)], "lines 4 to 9, 12 and 1 more"),
        ([(numbered(3, 1), numbered(3, 9))], "cell 3"),
        ([(numbered(n, 1), numbered(n, 9)) for n in (3, 4, 4, 5, 9)], "cells 3 to 5, 9"),
    ],
)
def test_stretches_of_lines_are_listed(stretches: list[tuple[int, int]], said: str) -> None:
    assert places(stretches, most=2) == said
