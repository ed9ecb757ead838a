"""What is wrong in a recipe is quoted with its own line; one of another name is pointed out."""

import ast

import pytest
import torch

from autograder.assignment import load
from autograder.capture import entry
from autograder.capture.running.words import word_lines
from autograder.checks.recipe import recipe_fits
from autograder.checks.study import Study
from autograder.graph.answer import read_answer
from autograder.graph.submission import Submission
from autograder.verdict import Check
from tests.helpers.models import TINY

RECIPE = """RECIPE = dict(
    epochs=2,
    batch_size=500,
    optimizer={
        "name": "SGD",
        "lr": 0.1,
        "momentum": 0.9,
    },
    augment=[
        dict(name="RandomRotation", degrees=5),
        dict(
            name="RandomAffine",
            degrees=5,
        ),
    ],
    average=None,
)
"""
NETWORK = TINY[: TINY.index("RECIPE")]


def submission(recipe: str) -> Submission:
    return read_answer(entry.main(b'{"net": null}\n' + (NETWORK + recipe).encode()))


def checked(recipe: str) -> Check:
    return recipe_fits(Study(submission(recipe), load(), torch.device("cpu")))


@pytest.mark.parametrize(
    ("wrong", "instead"),
    [
        ("epochs=2", "epochs=2.5"),
        ("epochs=2", "epochs=200"),
        ("batch_size=500", "batch=500"),
        ('"momentum": 0.9', '"momentums": 0.9'),
        ('"lr": 0.1', '"lr": "fast"'),
        ('"name": "SGD"', '"name": "sdg"'),
        ("degrees=5,\n", 'degrees="many",\n'),
        ("average=None", 'average=dict(name="SWA", start=9)'),
    ],
)
def test_a_wrong_word_is_quoted_with_its_own_line(wrong: str, instead: str) -> None:
    assert RECIPE.count(wrong) == 1
    recipe = RECIPE.replace(wrong, instead)
    found = checked(recipe)
    assert found.status == "fail"
    assert found.line is not None
    quoted = (NETWORK + recipe).splitlines()[found.line - 1]
    assert quoted.strip().strip(",") == instead.strip().strip(",")


def test_a_word_that_is_set_later_is_quoted_there() -> None:
    assert checked(RECIPE + 'RECIPE["optimizer"]["lr"] = 1_000').line == line_after(1)
    assert checked(RECIPE + "\nRECIPE.update(epochs=0)").line == line_after(2)
    assert checked(RECIPE + "RECIPE = dict(epochs=0)").line == line_after(1)
    # Of a variable, the word that it is given to is the nearest.
    later = 'SGD = dict(name="SGD", lr=-1)\nRECIPE = dict(\n    epochs=1, optimizer=SGD\n)'
    assert checked(RECIPE + later).line == line_after(3)


def line_after(lines: int) -> int:
    return len((NETWORK + RECIPE).splitlines()) + lines


@pytest.mark.parametrize("name", ["recipe", "Recipe", "RECIPES"])
def test_a_recipe_of_another_name_is_pointed_out(name: str) -> None:
    line = len(NETWORK.splitlines()) + 1
    found = submission(f"{name} = dict(epochs=2)")
    assert f"line {line} sets {name}; the grader reads RECIPE" in found.notes
    assert submission(f"{name} = 3").notes == ()
    assert submission(f"{name} = dict(epochs=2)\nRECIPE = {name}").notes == ()


def test_lines_of_words_are_those_that_are_written_out() -> None:
    [statement] = ast.parse('RECIPE: dict = dict(a=[{"b": 1},\n {"c": (f(x=2),)}], **more)').body
    assert word_lines(statement) == {
        "": 1,
        "a": 1,
        "a.0": 1,
        "a.0.b": 1,
        "a.1": 2,
        "a.1.c": 2,
        "a.1.c.0": 2,
        "a.1.c.0.x": 2,
    }
