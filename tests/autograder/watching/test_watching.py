"""`autograde watch` as people meet it: at a terminal with keys, in a pipe, and when it is stopped.

It is started twice: each start loads torch in three processes.
"""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.helpers.models import TINY

ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-P", "-m", "autograder.cli", "watch", "model.py", "--device", "cpu"]
FIRST, NEXT = 120, 60  # seconds for a verdict, on a machine with much else to do


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUTOGRADE_HOME", str(tmp_path / "home"))
    (tmp_path / "model.py").write_text(TINY)
    return tmp_path


class Terminal:
    """A terminal, and what is shown on it."""

    def __init__(self) -> None:
        self.ours, self.theirs = pty.openpty()

    def until(self, says: str, seconds: float) -> str:
        """Read until it says this; return what was shown, without what steers a terminal."""
        shown, deadline = "", time.monotonic() + seconds
        while says not in shown:
            assert time.monotonic() < deadline, shown[-2_000:]
            if select.select([self.ours], [], [], 0.1)[0]:
                text = os.read(self.ours, 1 << 16).decode("utf-8", "replace")
                shown += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
        return shown

    def press(self, key: str) -> None:
        os.write(self.ours, key.encode())


@contextmanager
def watching(terminal: Terminal) -> Iterator["subprocess.Popen[bytes]"]:
    theirs = terminal.theirs
    process = subprocess.Popen(
        COMMAND, env=environment(), stdin=theirs, stdout=theirs, stderr=theirs
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        os.close(terminal.ours)
        os.close(theirs)


def environment() -> dict[str, str]:
    return {**os.environ, "TERM": "xterm", "COLUMNS": "90", "PYTHONPATH": str(ROOT)}


def test_every_save_is_checked_in_place_and_its_changes_are_shown(folder: Path) -> None:
    terminal, model = Terminal(), folder / "model.py"
    with watching(terminal) as process:
        terminal.until("s submits", FIRST)
        model.write_text(TINY.replace("(1, 6,", "(1, 7,").replace("(6", "(7"))
        shown = terminal.until("s submits", NEXT)
        assert "parameters" in shown.partition("since the last save")[2]
        assert "(+277)" in shown
        # Another error on each save; watching goes on.
        model.write_text(TINY.replace("stride=2", "stride=2("))
        shown = terminal.until("s submits", NEXT)
        assert "is not Python" in shown
        assert "readable" in shown.partition("since the last save")[2]
        terminal.press("s")
        terminal.until("not ready to submit", NEXT)
        model.write_text(TINY)
        assert "✗ → ✓" in terminal.until("s submits", NEXT)
        model.write_text(f"{TINY.rstrip()}  # epochs\n")
        terminal.until("comments alone have changed", NEXT)
        model.unlink()
        terminal.until("no such file", NEXT)
        terminal.press("q")
        assert process.wait(NEXT) == 0


def test_in_a_pipe_each_verdict_is_a_line_and_nothing_outlives_it(folder: Path) -> None:
    process = subprocess.Popen(
        COMMAND, env=environment(), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    for line in process.stderr:
        if b"ready to submit" in line:
            break
    found = descendants(process.pid)
    assert len(found) >= 2  # the worker, and the next child
    begun = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 130
    process.stderr.close()
    assert time.monotonic() - begun < 10  # half a second, where nobody else works beside this
    assert [pid for pid in found if Path(f"/proc/{pid}").exists()] == []


def descendants(pid: int) -> list[int]:
    """List the processes that a process has started."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has just ended
            continue
        if parent == pid:
            found.append(int(path.parent.name))
    return found
