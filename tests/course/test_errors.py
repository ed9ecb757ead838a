"""The tree of errors that course/errors.py shows is the tree that the classes make."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from course import errors
from course.errors import ExitCode, MachineError, SubmissionError, Under8kError, UsageError

ROOT = Path(__file__).parents[2]
Tree = dict[str, tuple[str, int]]  # an error's name: its parent's, and its exit code

# In a process of its own: to import every module is to import Jupyter, matplotlib and torch.
WALK = """
import importlib, json, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
from course.errors import Under8kError
def walk(parent):
    for child in parent.__subclasses__():
        yield child.__name__, (parent.__name__, int(child.exit_code))
        yield from walk(child)
found = list(walk(Under8kError))
assert len(dict(found)) == len(found), "two errors of one name"
print(json.dumps(dict(found)))
"""


def shown() -> Tree:
    """Read the tree in the docstring: a name's column says whose child it is."""
    tree: Tree = {}
    above: list[tuple[str, int]] = []
    for line in (errors.__doc__ or "").splitlines():
        found = re.fullmatch(r"    ([│├└─ ]*)([A-Z]\w+) +(?:(\d+) *)?.*", line)
        if not found or not (found[1] or found[2] == "Under8kError"):
            continue
        depth = len(found[1]) // 4
        parent, code = above[depth - 1] if depth else ("", 0)
        above = [*above[:depth], (found[2], int(found[3] or code))]
        tree[found[2]] = parent, above[-1][1]
    return tree


def modules() -> list[str]:
    paths = [
        path for package in ("autograder", "course") for path in ROOT.glob(f"{package}/**/*.py")
    ]
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths]
    # The template is a student's to be, and migrations are for Alembic to run.
    apart = (".templates", ".migrations")
    return [name.removesuffix(".__init__") for name in names if not any(a in name for a in apart)]


def test_the_tree_in_the_docstring_is_the_real_one():
    pytest.importorskip("nbgrader")  # autograder/classroom needs it
    command = [sys.executable, "-c", WALK, *modules()]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    real = {name: tuple(place) for name, place in json.loads(done.stdout).items()}
    drawn = shown()
    assert drawn.pop("Under8kError") == ("", ExitCode.FAULT)
    assert drawn == real


@pytest.mark.parametrize(
    ("kind", "code"), [(Under8kError, 5), (UsageError, 2), (SubmissionError, 3), (MachineError, 5)]
)
def test_an_error_knows_its_exit_code(kind: type[Under8kError], code: int):
    assert kind("a sentence").exit_code == code
    assert str(kind("a sentence")) == "a sentence"


def test_exit_codes_are_those_that_scripts_depend_on():
    assert {code.name: int(code) for code in ExitCode} == {
        "PASSED": 0,
        "FAILED": 1,
        "USAGE": 2,
        "UNREADABLE": 3,
        "TIME": 4,
        "FAULT": 5,
        "STOPPED": 130,
    }
