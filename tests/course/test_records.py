import json
import subprocess
import sys
from pathlib import Path

import pytest

from course import records

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


def test_one_switch_retrains_everything_once(monkeypatch, tmp_path):
    asked = []

    def trained(model, verdict):
        asked.append(model.parent.name)
        return json.dumps({**verdict, "device": "here"})

    monkeypatch.setattr(records, "_trained", trained)
    monkeypatch.setattr(records, "user_cache_path", lambda *a, **k: tmp_path)
    monkeypatch.delenv("AUTOGRADE_RETRAIN", raising=False)
    assert records.record("under_8k").device != "here"
    monkeypatch.setenv("AUTOGRADE_RETRAIN", "0")
    assert records.record("under_8k").device != "here"
    monkeypatch.setenv("AUTOGRADE_RETRAIN", "1")
    assert records.record("under_8k").device == "here"
    assert records.record("under_8k").device == "here"
    assert asked == ["under_8k"]


def test_an_installed_package_carries_the_records(tmp_path):
    pytest.importorskip("setuptools")
    build = ["setup.py", "-q", "build", "--build-base", str(tmp_path / "base")]
    places = ["--build-lib", str(tmp_path / "lib"), "egg_info", "--egg-base", str(tmp_path)]
    subprocess.run([sys.executable, *build, *places], cwd=ROOT, check=True, capture_output=True)
    assert (tmp_path / "lib/course/recorded/under_8k/result.json").is_file()
    assert (tmp_path / "lib/course/recorded/under_8k/model.py").is_file()
