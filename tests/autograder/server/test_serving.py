"""The whole of it with real processes: serve, log in, submit; the server is killed on the way."""

import json
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.results.leaderboard import Leaderboard
from tests.helpers.machines import AUTOGRADE, SECONDS, Machines


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    found = Machines(tmp_path)
    yield found
    found.end(signal.SIGKILL)


def test_a_submission_outlives_its_server_and_is_graded_once(machines: Machines) -> None:
    invitation = machines.serve()
    joined = machines.student("login", invitation, "--handle", "ann")
    assert "welcome to The class, ann" in joined.stderr, joined.stderr
    model = str(machines.folder / "model.py")
    asking = subprocess.Popen(
        [*AUTOGRADE, "submit", model, "--json"],
        env=machines.environment("student"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    # Killed once the first seed is under way.
    assert asking.stderr is not None
    for line in asking.stderr:
        if re.match(r"\s+1\s+3\s", line):
            break
    machines.end(signal.SIGKILL)
    assert machines.serve() == ""  # its instructor has come: no invitation is printed again
    out, said = asking.communicate(timeout=SECONDS)
    assert asking.returncode == 0, said
    assert "begun again" in said
    verdict = json.loads(out)
    assert [len(run["epochs"]) for run in verdict["runs"]] == [8, 8]
    with Leaderboard(machines.url) as board:
        assert len(board.entries()) == 1
    assert list((machines.folder / "server" / "home" / "learned").glob("practice-*/*.safetensors"))

    history = machines.student("history", "--json")
    assert [row["id"] for row in json.loads(history.stdout)] == [1]
    assert "class Net" in machines.student("show", "1", "--source").stdout
    assert machines.student("watch", "1").returncode == 0
    began = time.monotonic()
    assert machines.end(signal.SIGTERM) == 0
    machines.server = None
    assert time.monotonic() - began < 20
    away = machines.student("history")
    assert away.returncode == 5
    assert "--local trains here" in away.stderr
    assert "logged out" not in machines.student("logout").stderr
