"""A class server and a student, each as a process of its own with a home of its own."""

import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

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
tries_per_day = 10_000
"""
AUTOGRADE = [sys.executable, "-m", "autograder.cli"]
SECONDS = 240


@dataclass
class Machines:
    """The machine of a server and that of a student."""

    folder: Path
    database: str = ""  # SQLite, where no other is named
    port: int = 0
    server: "subprocess.Popen[str] | None" = None

    def __post_init__(self) -> None:
        (self.folder / "rules.toml").write_text(RULES)
        (self.folder / "class.toml").write_text(CLASS)
        (self.folder / "model.py").write_text(TINY.replace("epochs=2", "epochs=8"))

    def environment(self, whose: str) -> dict[str, str]:
        """Return what the processes of a machine find set."""
        homes = {name: str(self.folder / whose / name) for name in ("XDG_CONFIG_HOME", "HOME")}
        home = {"AUTOGRADE_HOME": str(self.folder / whose / "home"), "OMP_NUM_THREADS": "1"}
        database = {"AUTOGRADE_DATABASE": self.database} if self.database else {}
        mine = {name: value for name, value in os.environ.items() if name != "AUTOGRADE_SERVER"}
        return mine | homes | home | database

    @property
    def url(self) -> str:
        """The server's database."""
        return self.database or f"sqlite:///{self.folder}/server/home/leaderboard.sqlite"

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
