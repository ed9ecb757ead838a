"""What Gradescope is given runs there: the zip is unpacked and run as Gradescope would run it."""

import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autograder.assignment import Marking, load, text_of
from autograder.classroom import gradescope
from autograder.verdict import Check
from tests.helpers.models import TINY
from tests.helpers.verdicts import verdict

METADATA = {
    "id": 123456,
    "created_at": "2026-12-01T14:22:32.365935-07:00",
    "assignment": {"title": "Capstone", "total_points": "10.0"},
    "users": [{"email": "ada@uni.example", "id": 11, "name": "Ada Lovelace"}],
    "previous_submissions": [],
}


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unpack the zip as Gradescope does: everything into source/, the script beside it."""
    home = tmp_path_factory.mktemp("autograder")
    gradescope.pack(text_of("under-8k"), home / "grader.zip")
    with zipfile.ZipFile(home / "grader.zip") as archive:
        archive.extractall(home / "source")
        modes = {info.filename: info.external_attr >> 16 for info in archive.infolist()}
    assert modes["setup.sh"] & 0o111
    assert modes["run_autograder"] & 0o111
    (home / "source" / "run_autograder").rename(home / "run_autograder")
    (home / "results").mkdir()
    return home


def hand_in(machine: Path, **files: str) -> "tuple[int, dict[str, Any]]":
    """Hand in files, and run what Gradescope runs; return its end and what it wrote."""
    (machine / "submission").mkdir(exist_ok=True)
    for old in (machine / "submission").iterdir():
        old.unlink()
    for name, text in files.items():
        (machine / "submission" / f"{name}.py").write_text(text)
    (machine / "submission_metadata.json").write_text(json.dumps(METADATA))
    results = machine / "results" / "results.json"
    results.unlink(missing_ok=True)
    there = {"AUTOGRADER": str(machine), "AUTOGRADER_PYTHON": sys.executable}
    done = subprocess.run(
        ["bash", str(machine / "run_autograder")],
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", **there},
        cwd=machine,
        capture_output=True,
        text=True,
    )
    return done.returncode, json.loads(results.read_text()) if results.exists() else {}


def assert_as_published(result: "dict[str, Any]") -> None:
    """The fields that Gradescope reads, of the kinds that it takes."""
    allowed = {"score", "execution_time", "output", "visibility", "stdout_visibility"}
    assert set(result) <= allowed | {"extra_data", "tests", "leaderboard"}
    assert isinstance(result["score"], float)
    for test in result["tests"]:
        fields = {"score", "max_score", "status", "name", "number", "output", "tags", "visibility"}
        assert set(test) <= fields
        assert test.get("status", "passed") in ("passed", "failed")
        assert ("score" in test) == ("max_score" in test)
        assert 0 <= test.get("score", 0) <= test.get("max_score", 0)
    for one in result.get("leaderboard", []):
        assert {"name", "value"} <= set(one) <= {"name", "value", "order"}
    assert result["visibility"] in ("visible", "hidden", "after_due_date", "after_published")


def test_a_hand_in_is_checked_there_by_the_graders_own_copy(machine):
    ended, result = hand_in(machine, **{"Model (1)": TINY})
    assert ended == 0
    assert_as_published(result)
    tests = {test["name"]: test for test in result["tests"]}
    assert tests["parameters"]["status"] == "passed"
    assert (tests["no-dense"]["score"], tests["no-dense"]["max_score"]) == (1, 1)
    assert result["score"] == 2
    assert "accuracy" not in tests  # nothing trains there, so nothing is said of it
    assert result["output"].startswith("Every check passed.")
    assert result["leaderboard"][0]["name"] == "parameters"
    kept = result["extra_data"]
    assert kept["gradescope"]["users"] == [
        {"id": 11, "name": "Ada Lovelace", "email": "ada@uni.example"}
    ]
    assert kept["verdict"]["submission"]["fingerprint"]


def test_nothing_to_check_is_a_sentence(machine):
    ended, result = hand_in(machine, a="", b="")
    assert ended == 0
    assert_as_published(result)
    assert result["output"] == "expected one model.py, found a.py, b.py"
    assert result["score"] == 0


def test_a_failed_check_is_told():
    bad = Check("parameters", "fail", message="9,000 are 1,001 too many", hint="narrow it")
    made = replace(
        verdict(), runs=(), seeds=0, checks=(bad, Check("no-dense", "skip"), Check("cost", "pass"))
    )
    result = gradescope.told(made, load("under-8k"))
    assert_as_published({**result, "execution_time": 1})
    assert result["output"] == "9,000 are 1,001 too many"
    assert result["tests"][0] == {
        "name": "parameters",
        "output": "9,000 are 1,001 too many\nnarrow it",
        "status": "failed",
        "score": 0,
        "max_score": 1,
    }
    assert "status" not in result["tests"][1]


def test_without_points_a_check_has_none():
    rules = replace(load("under-8k"), marking=Marking())
    result = gradescope.told(replace(verdict(), runs=(), seeds=0), rules)
    assert_as_published({**result, "execution_time": 1})
    assert result["score"] == 0
    assert not any("score" in test for test in result["tests"])


def test_a_fault_of_ours_gives_no_points_at_all(machine, monkeypatch, capsys):
    broken = replace(verdict(), runs=(), checks=(Check("interface", "error", message="no memory"),))
    (machine / "submission").mkdir(exist_ok=True)
    (machine / "submission" / "model.py").write_text("# one")
    (machine / "results" / "results.json").unlink(missing_ok=True)
    monkeypatch.setattr(gradescope, "grade", lambda job: broken)
    assert gradescope.main(machine) == 5
    assert not (machine / "results" / "results.json").exists()
    assert "a fault of the grader, not of the hand-in: no memory" in capsys.readouterr().out


def test_what_it_needs_is_what_the_package_needs(machine):
    needed = (machine / "source" / "requirements.txt").read_text()
    assert "torch>=" in needed
    assert "pytest" not in needed
    assert "@" not in needed
