"""`autograde retrain` trains the course's recorded networks here, and the course finds them."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli import app
from course import records
from tests.helpers.gradings import EASY
from tests.helpers.models import TINY
from tests.helpers.verdicts import verdict


@pytest.mark.mnist
@pytest.mark.slow
@pytest.mark.usefixtures("own_home")
def test_a_recorded_network_is_trained_here_and_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = tmp_path / "solutions" / "tiny"
    recorded.mkdir(parents=True)
    (recorded / "model.py").write_text(TINY)
    elsewhere = replace(verdict(), assignment=EASY, device="another machine")
    (recorded / "result.json").write_text(elsewhere.to_json())
    monkeypatch.setattr(records, "FOLDERS", (tmp_path / "solutions",))
    monkeypatch.setattr(records, "user_cache_path", lambda *_, **__: tmp_path / "cache")
    monkeypatch.setenv("AUTOGRADE_RETRAIN", "1")
    with pytest.raises(records.RecordError, match="autograde retrain tiny"):
        records.record("tiny")
    assert records.missing_here() == ["tiny"]

    done = CliRunner().invoke(app, ["retrain", "tiny", "--device", "cpu", "--threads", "1"])

    assert done.exit_code == 0, done.output
    here = records.record("tiny")
    assert here.device != "another machine"
    assert len(here.epochs[0]) == 2
    assert records.missing_here() == []  # so that a second call trains nothing
    # What is shipped stays as it was.
    assert json.loads((recorded / "result.json").read_text())["device"] == "another machine"
