"""The command line as people meet it: quick, clear, with the exit codes it promises."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder.results.database import entry_of
from autograder.results.leaderboard import Leaderboard
from tests.helpers.models import DENSE_LINE, SYSTEM_001, TINY
from tests.helpers.verdicts import verdict


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AUTOGRADE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AUTOGRADE_HANDLE", "ada")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model.py").write_text(TINY)
    (tmp_path / "easy.toml").write_text(
        'name = "easy"\n[network]\nfewer_parameters_than = 2000\n[recipe]\nmost_epochs = 2\n'
        "[accuracy]\npercent = 15\nin_each_of_last_epochs = 1\n"
    )
    return tmp_path


def autograde(*words: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "autograder.cli", *words]
    environment = {**os.environ, "COLUMNS": "100"}
    return subprocess.run(
        command, capture_output=True, text=True, timeout=timeout, env=environment, check=False
    )


def test_help_loads_nothing_heavy() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "autograder.cli", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert not loaded & {"torch", "numpy", "sqlalchemy", "matplotlib"}
    assert "submit" in done.stdout


def test_a_new_model_passes_its_checks(folder: Path) -> None:
    assert autograde("new", "mine.py").returncode == 0
    done = autograde("check", "mine.py")
    assert done.returncode == 0, done.stderr
    assert "ready to submit" in done.stderr
    again = autograde("new", "mine.py")
    assert again.returncode == 2
    assert "found one there" in again.stderr


def test_check_names_the_line_and_the_count(folder: Path) -> None:
    (folder / "model.py").write_text(SYSTEM_001)
    done = autograde("check", "model.py")
    assert done.returncode == 1
    assert "13,154 parameters are 5,155 too many" in done.stderr
    assert f"line {DENSE_LINE}" in done.stderr
    assert "self.fc = nn.Linear(32, 10)" in done.stderr
    assert done.stdout == ""


def test_hostile_words_reach_neither_terminal_nor_figure(folder: Path) -> None:
    words = '# \x1b]0;owned\x07 \u202e\nNet.__name__ = "$\\\\frac{$[red]"\n'
    (folder / "model.py").write_text(TINY + words, encoding="utf-8")
    done = autograde(
        *("submit", "model.py", "-a", "easy.toml", "--data", "practice", "--threads", "1"),
        *("--handle", "$\\frac$[bold]\x1b[2J"),
    )
    assert done.returncode == 0, done.stderr
    assert (folder / "home" / "curves" / "1.png").exists()
    (folder / "model.py").write_text("import nn \x1b]0;owned\x07\u202e", encoding="utf-8")
    done = autograde("check", "model.py")
    assert done.returncode == 3
    assert not {"\x1b", "\u202e", "\x07"} & set(done.stderr)


def test_submit_keeps_a_verdict_draws_it_and_can_show_it_again(folder: Path) -> None:
    words = ("submit", "model.py", "-a", "easy.toml", "--data", "practice", "--threads", "1")
    done = autograde(*words, "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)  # the document and nothing else
    assert document["passed"]
    assert "NOT a ranked result" in done.stderr
    assert (folder / "home" / "curves" / "1.png").read_bytes()[1:4] == b"PNG"
    shown = autograde("show", "1")
    assert shown.returncode == 0
    assert "seed 1 of 1" in shown.stdout
    assert document["grader"]["instructions"]  # numbers repeat on processors of the same kind
    assert document["grader"]["instructions"] in " ".join(shown.stdout.split())
    missed = [
        epoch["test_total"] - epoch["test_correct"] for epoch in document["runs"][0]["epochs"]
    ]
    assert f"misread {missed[-1]:,} of" in " ".join(shown.stdout.split())
    assert json.loads(autograde("show", "1", "--json").stdout) == document
    assert autograde("show", "1", "--source").stdout.strip() == TINY.strip()
    assert autograde("show", "2").returncode == 2
    [row] = json.loads(autograde("history", "--json").stdout)
    assert (row["handle"], row["passed"], row["data"]) == ("ada", True, "practice")
    board = autograde("leaderboard", "-a", "easy.toml")
    assert "nobody has passed" in board.stderr  # practice digits are never ranked


@pytest.mark.parametrize(
    ("source", "words", "code", "says"),
    [
        (TINY, ("-a", "under-9k"), 2, "Did you mean under-8k?"),
        (TINY, ("--net", "Other"), 3, "there is no network 'Other'"),
        ("def (", (), 3, "line 1 is not Python"),
        ("", (), 3, "the file is empty"),
        ("import os\nos._exit(0)", (), 3, "the file"),
        ("import os\nos.kill(os.getppid(), 9)", (), 3, "there is no network in this file"),
        (None, (), 2, "no such file"),
    ],
)
def test_what_goes_wrong_is_a_sentence_with_its_exit_code(
    folder: Path, source: str | None, words: tuple[str, ...], code: int, says: str
) -> None:
    (folder / "model.py").unlink()
    if source is not None:
        (folder / "model.py").write_text(source)
    done = autograde("check", "model.py", *words)
    assert (done.returncode, says in done.stderr) == (code, True), done.stderr
    assert "Traceback" not in done.stderr


def test_a_read_only_home_is_a_sentence_before_any_training(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "file").write_text("")
    monkeypatch.setenv("AUTOGRADE_HOME", str(folder / "file"))
    done = autograde("submit", "model.py", "-a", "easy.toml", "--data", "practice")
    assert done.returncode == 5
    assert "set AUTOGRADE_HOME" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "kill"])
def test_a_signal_ends_it_and_keeps_nothing_half_written(folder: Path, number: int) -> None:
    (folder / "model.py").write_text(TINY.replace("batch_size=500", "batch_size=2"))
    words = ("submit", "model.py", "-a", "easy.toml", "--data", "practice", "--threads", "1")
    command = [sys.executable, "-m", "autograder.cli", *words]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if "epoch" in line and "rate" in line:
            break
    time.sleep(0.5)
    training = children(process.pid)
    assert training
    process.send_signal(number)
    rest = process.stderr.read()
    assert process.wait(20) == 130, "".join(said) + rest
    process.stderr.close()
    assert "stopped; nothing was kept of this run" in rest
    assert "Traceback" not in rest
    assert [pid for pid in training if Path(f"/proc/{pid}").exists()] == []
    assert json.loads(autograde("history", "--json").stdout) == []


def children(parent: int) -> list[int]:
    """List the processes that a process has started."""
    pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return [pid for pid in pids if parent_of(pid) == parent]


def parent_of(pid: int) -> int:
    try:
        # After the name, which stands in brackets: its state, then its parent.
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except FileNotFoundError:
        return 0


def test_the_leaderboard_reads_as_table_json_and_csv(folder: Path) -> None:
    with Leaderboard() as board:
        board.add(entry_of(verdict((9_950, 9_951, 9_952), parameters=7_500), "=cmd()", ""))
        board.add(entry_of(verdict(parameters=6_000), "ada", ""))
    rows = json.loads(autograde("leaderboard", "--json").stdout)
    assert [(row["rank"], row["handle"], row["parameters"]) for row in rows] == [
        (1, "=cmd()", 7_500),  # verified: before what one seed reached
        (2, "ada", 6_000),
    ]
    table = list(csv.DictReader(io.StringIO(autograde("leaderboard", "--csv").stdout)))
    assert table[0]["handle"] == "'=cmd()"  # no formula for a spreadsheet to run
    assert "6,000" in autograde("leaderboard").stdout
    assert autograde("leaderboard", "--plot", "front.png").returncode == 0
    assert (folder / "front.png").read_bytes()[1:4] == b"PNG"
    assert b"99.40% passes" in (folder / "front.png").read_bytes()  # its text
    assert autograde("leaderboard", "-a", "easy.toml", "--plot", "own.png").returncode == 0
    assert b"15.00% passes" in (folder / "own.png").read_bytes()


def test_doctor_looks_at_everything(folder: Path) -> None:
    done = autograde("doctor")
    for word in ("versions", "device", "MNIST", "jail", "results"):
        assert word in done.stdout
