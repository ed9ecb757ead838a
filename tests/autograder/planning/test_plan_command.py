"""`autograde plan` as people meet it: a table at once, and a prompt where there is a terminal."""

import json
import os
import pty
import select
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from autograder.display.planning import planned
from autograder.planning import plan

UNDER_8K = ["8", "12", "p", "16", "16", "p", "16", "gap"]


def autograde_plan(*words: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "autograder.cli", "plan", *words]
    environment = {**os.environ, "COLUMNS": "80", "PYTHONPATH": str(Path(__file__).parents[3])}
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
    )


def test_a_line_is_shown_and_written_once(tmp_path: Path) -> None:
    done = autograde_plan(*UNDER_8K, "--write", "model.py", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "421 parameters are left" in done.stdout
    assert "wrote model.py" in done.stderr
    text = (tmp_path / "model.py").read_text()
    assert text.startswith('"""7,578 parameters, planned as: 8 12 p 16 16 p 16 gap\n')
    again = autograde_plan("8", "gap", "--write", "model.py", folder=tmp_path)
    assert (again.returncode, "found one there" in again.stderr) == (2, True)
    assert (tmp_path / "model.py").read_text() == text
    unfinished = autograde_plan("8", "--write", "other.py", folder=tmp_path)
    assert (unfinished.returncode, "end the line with gap" in unfinished.stderr) == (2, True)
    assert not (tmp_path / "other.py").exists()


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ((), 2, "expected a network, found no words"),
        (("8", "conv16"), 2, "    ^^^^^^"),
        (("64", "64", "gap"), 1, "parameters too many"),
        (("8", "gap", "-a", "under-9k"), 2, "Did you mean under-8k?"),
    ],
)
def test_how_it_ends(words: tuple[str, ...], code: int, says: str) -> None:
    done = autograde_plan(*words)
    assert (done.returncode, says in done.stdout + done.stderr) == (code, True), done.stderr


def test_json_is_the_whole_plan_and_loads_nothing_heavy() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "autograder.cli", "plan", *UNDER_8K]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == json.loads(json.dumps(plan(" ".join(UNDER_8K)).to_dict()))
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert not loaded & {"torch", "numpy", "sqlalchemy", "matplotlib"}


@pytest.mark.parametrize("width", [60, 80, 100, 120])
def test_the_table_fits_any_terminal(width: int) -> None:
    out = Console(width=width, file=StringIO())
    out.print(planned(plan("nobn 24 r24s2 d24 c10k11"), width))
    lines = out.file.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert sum("c10k11" in line and "1 of 121" in line for line in lines) == 1  # a row is a line


def test_the_prompt_draws_each_line_and_writes(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "autograder.cli", "plan"]
    environment = {**os.environ, "TERM": "xterm", "PYTHONPATH": str(Path(__file__).parents[3])}
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=tmp_path, env=environment
    )
    os.close(theirs)
    for typed, says in (
        ("", "plan> "),
        ("8 p gap", "7,821 parameters are left"),
        ("8 p p p p p", "too small for a pool"),
        ("write model.py", "wrote model.py"),
        ("8 12 p gap", "since the last line: parameters +"),
        ("q", ""),
    ):
        os.write(ours, f"{typed}\n".encode() if typed else b"")
        assert says in answer(ours, says), typed
    assert process.wait(60) == 0
    os.close(ours)
    assert "8 p gap" in (tmp_path / "model.py").read_text()


def answer(terminal: int, says: str) -> str:
    """Read what a terminal shows until it says this."""
    shown, deadline = "", time.monotonic() + 60
    while says not in shown and time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.1)[0]:
            shown += os.read(terminal, 1 << 16).decode("utf-8", "replace")
    return shown
