"""The planner of the site says what the one in Python says, letter for letter."""

import json
import shutil
import subprocess

import pytest

from autograder.planning import plan
from autograder.planning.grammar import PlanError
from autograder.planning.picture import drawn
from autograder.planning.writing import written
from course.errors import UsageError
from lessons import pages, planner
from tests.helpers.plans import drawn_line

SCRIPT = """
const typed = {lines};
const told = (say) => {{
  try {{ return say(); }} catch (error) {{
    if (!(error instanceof Wrong)) throw error;
    return error.message;
  }}
}};
console.log(JSON.stringify(typed.map(
  (line) => [told(() => drawn(plan(line))), told(() => written(plan(line)))]
)));
"""
WRONG = [
    *("", " , ", "8 conv16 gap", "8 maxpool gap", "8 fc10", "8 qwerty", "c gap", "8 c0 gap"),
    *("8 9999999999999 gap", "8 c16k gap", "8 c16k3k5 gap", "8 c16k0", "8 c16s0", "8 pk3 gap"),
    *("8 c16k3p3 gap", "8 1x16p1 gap", "8 gaps2", "8 gap2", "c8 p1 gap", "8 do95 gap", "bn"),
    *("8 p p p 16k5 gap", "8 p p p p p gap", "8 gap 16 gap", "8 dok3 gap", "8 it's", "8 d1025"),
    *("8 " * 201, "8 " * 40 + "nonsense " + "8 " * 40, "8 16k5p2x gap", "C8, D12 GAP"),
]
HONEST = ["8", "8 12", "64 64 gap", "40 40 40 c10k22", "8 p p c10k6", "8 r12s2 do gap", "8 10 gap"]
HONEST += ["24 24 p do 1x10 32 32 p do 1x24 gap", "nobn bias 8 d d12 gap", "silu 12 d24 a d40 gap"]
HONEST += [" ".join(["c1p1"] * 60) + " gap"]


def told(say, line: str) -> str:
    try:
        return say(plan(line))
    except (PlanError, UsageError) as error:
        return str(error)


@pytest.mark.skipif(shutil.which("node") is None, reason="no Node here to run the site's script")
def test_the_script_draws_writes_and_refuses_as_python_does() -> None:
    lines = [*WRONG, *HONEST, *map(drawn_line, range(300))]
    scripts = [planner.data(), *((pages.HERE / name).read_text() for name in planner.SCRIPTS[1:3])]
    code = "\n".join([*scripts, SCRIPT.format(lines=json.dumps(lines))])
    done = subprocess.run(["node", "-"], input=code, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-500:]
    for line, found in zip(lines, json.loads(done.stdout), strict=True):
        assert found == [told(drawn, line), told(written, line)], line
