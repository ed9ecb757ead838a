import hashlib
import importlib.util
import json
import math
import os
import subprocess
import sys
import zipfile
from dataclasses import asdict
from pathlib import Path

import pytest

from course import records
from course.epoch import Epoch

ROOT = Path(__file__).parents[2]


def test_a_record_is_what_the_grader_wrote():
    one = records.record("under_8k")
    verdict = json.loads((records.FOLDERS[0] / "under_8k/result.json").read_text())
    assert one.parameters == verdict["submission"]["parameters"]
    assert one.accuracy == pytest.approx(verdict["mean_accuracy"])
    assert one.multiply_adds == verdict["submission"]["multiply_adds"]
    last = [epoch for run in verdict["runs"] for epoch in run["epochs"][-3:]]
    read = sum(epoch["train_correct"] for epoch in last)
    assert one.train_accuracy == pytest.approx(read / sum(e["train_total"] for e in last))
    assert one.point()["spread"] == pytest.approx(verdict["spread"])
    assert one.point()["name"] == "under 8k"
    assert len(one.runs) == len(verdict["runs"]) >= 3
    assert one.passed


def test_the_ladder_ends_at_the_goal():
    ladder = records.ladder()
    assert ladder[-1].name == "under_8k"
    assert [one.name for one in ladder] == sorted({one.name for one in ladder})


def test_an_unknown_name_lists_those_there_are():
    with pytest.raises(records.RecordError, match=r"no record 'goal'.*under_8k"):
        records.record("goal")
    with pytest.raises(records.RecordError, match=r"no record 'ladder/99_\*'"):
        records.matching("under_8k", "ladder/99_*")


@pytest.fixture
def cache(monkeypatch, tmp_path):
    monkeypatch.setattr(records, "user_cache_path", lambda *_, **__: tmp_path)
    return tmp_path / "retrained"


def test_one_switch_takes_what_this_machine_trained(monkeypatch, cache):
    model, document = records.recorded("under_8k")
    assert model == records.FOLDERS[0] / "under_8k/model.py"
    assert document["assignment"]["name"] == "under-8k"
    kept = records.keep_retrained("under_8k", json.dumps({**document, "device": "here"}))
    digest = hashlib.sha256(model.read_bytes()).hexdigest()
    assert kept == cache / f"{digest[:16]}.json"
    monkeypatch.delenv("AUTOGRADE_RETRAIN", raising=False)
    assert records.record("under_8k").device != "here"
    monkeypatch.setenv("AUTOGRADE_RETRAIN", "0")
    assert records.record("under_8k").device != "here"
    monkeypatch.setenv("AUTOGRADE_RETRAIN", "1")
    assert records.record("under_8k").device == "here"
    assert records.recorded("under_8k")[1] == document  # what is trained anew follows solutions/


@pytest.mark.usefixtures("cache")
def test_what_was_not_trained_here_names_the_command_that_does(monkeypatch):
    monkeypatch.setenv("AUTOGRADE_RETRAIN", "1")
    with pytest.raises(records.RecordError, match=r"run `autograde retrain ladder/01_stock`"):
        records.record("ladder/01_stock")


def test_a_verdict_is_kept_whole_or_not_at_all(monkeypatch, cache):
    first = records.keep_retrained("under_8k", "{}")

    def fail(source, target):
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="full"):
        records.keep_retrained("under_8k", '{"device": "here"}')
    assert list(cache.iterdir()) == [first]  # and nothing that lies beside it
    assert first.read_bytes() == b"{}"


def test_a_loss_that_was_no_number_is_nan_again():
    _, document = records.recorded("under_8k")
    document["runs"][0]["epochs"][0]["train_loss"] = None
    one = records.Record("under_8k", document)
    assert math.isnan(one.epochs[0][0].train_loss)
    assert one.epochs[0][1].train_loss > 0


def test_epochs_are_typed_and_runs_are_plain_data():
    one = records.record("under_8k")
    assert [[asdict(epoch) for epoch in run] for run in one.epochs] == one.runs
    assert one.runs == [run["epochs"] for run in one.verdict["runs"]]
    assert type(one.epochs[0][0]) is Epoch


def test_an_accuracy_is_the_mean_of_the_last_three_epochs():
    def epoch(test, train):
        return Epoch(1, 0.1, 0.5, train, 10, 0.5, test, 4, 1.0, 1.0)

    run = [epoch(0, 0), epoch(1, 5), epoch(2, 6), epoch(3, 7)]
    assert records.mean_accuracy([run]) == pytest.approx(0.5)
    assert records.mean_accuracy([run], "train") == pytest.approx(0.6)
    assert records.mean_accuracy([run, run[-1:]]) == pytest.approx((0.25 + 0.5 + 0.75 + 0.75) / 4)


def test_no_record_needs_the_autograder():
    code = "import sys, course.records as r; r.ladder(); sys.exit('autograder' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=60).returncode == 0


def test_an_installed_package_carries_the_records(tmp_path):
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "-w", str(tmp_path), str(ROOT)]
    if importlib.util.find_spec("hatchling"):
        command.append("--no-build-isolation")  # else pip fetches it, as for anybody who installs
    built = subprocess.run(command, capture_output=True, text=True)
    if "No matching distribution found for hatchling" in built.stderr:
        pytest.skip("needs hatchling, or an index of packages to fetch it from")
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    assert {"autograder/py.typed", "course/py.typed", "autograder/templates/model.py"} <= packed
    assert "autograder/assignments/under-8k.toml" in packed
    kept = {f"course/recorded/{name}" for name in records.names()}
    learned = {
        f"course/recorded/under_8k/{file}" for file in ("misread.json", "weights.safetensors")
    }
    carried = {name for name in packed if name.startswith("course/recorded")}
    assert carried >= learned | {"course/recorded/reported.toml"} | {
        f"{folder}/{file}" for folder in kept for file in ("model.py", "result.json")
    }
    assert not [name for name in carried if name.endswith((".png", ".md", ".jsonl", "search.py"))]
