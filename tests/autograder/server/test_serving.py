"""The whole of it with real processes: serve, log in, submit; the server is killed on the way."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder.results.leaderboard import Leaderboard
from tests.helpers.models import TINY

RULES = """\
name = "mine"
[network]
fewer_parameters_than = 9_000
[recipe]
most_epochs = 40
[accuracy]
percent = 15
in_each_of_last_epochs = 1
"""
CLASS = """\
title = "The class"
workers = 1
[[assignments]]
rules = "rules.toml"
data = "practice"
seeds = 2
"""
AUTOGRADE = [sys.executable, "-m", "autograder.cli"]
SECONDS = 240


@dataclass
class Machines:
    """A server's machine and a student's, each with a home of its own."""

    folder: Path
    port: int = 0
    server: "subprocess.Popen[str] | None" = None

    def environment(self, whose: str) -> dict[str, str]:
        homes = {name: str(self.folder / whose / name) for name in ("XDG_CONFIG_HOME", "HOME")}
        home = {"AUTOGRADE_HOME": str(self.folder / whose / "home"), "OMP_NUM_THREADS": "1"}
        return {k: v for k, v in os.environ.items() if k != "AUTOGRADE_SERVER"} | homes | home

    def serve(self) -> str:
        """Start the server; return the invitation that it prints, if it prints one."""
        command = [*AUTOGRADE, "serve", str(self.folder / "class.toml"), "--port", str(self.port)]
        self.server = subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, env=self.environment("server")
        )
        assert self.server.stderr is not None
        said = ""
        for line in self.server.stderr:
            said += line
            if "Ctrl-C" in line:
                break
        found = re.search(r"http://127\.0\.0\.1:(\d+)", said)
        assert found is not None, said
        self.port = int(found[1])
        invitation = re.search(r"http\S+/join/\S+", said)
        return invitation[0] if invitation else ""

    def end(self, how: signal.Signals) -> int:
        """End the server; return its exit code."""
        if self.server is None:
            return 0
        self.server.send_signal(how)
        code = self.server.wait(timeout=30)
        assert self.server.stderr is not None
        self.server.stderr.close()
        return code

    def student(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Let a student type a command."""
        command, where = [*AUTOGRADE, *words], self.environment("student")
        return subprocess.run(command, env=where, capture_output=True, text=True, timeout=SECONDS)


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    (tmp_path / "rules.toml").write_text(RULES)
    (tmp_path / "class.toml").write_text(CLASS)
    (tmp_path / "model.py").write_text(TINY.replace("epochs=2", "epochs=8"))
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
    where = machines.folder / "server" / "home"
    with Leaderboard(f"sqlite:///{where}/leaderboard.sqlite") as board:
        assert len(board.entries()) == 1
    assert list((where / "learned").glob("practice-*/*.safetensors"))

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
