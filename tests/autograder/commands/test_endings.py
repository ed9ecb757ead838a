"""How commands end: quickly where there is nothing to do, and with a sentence where they cannot."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import course
from autograder.cli import app
from autograder.results.database import entry_of
from autograder.results.leaderboard import Leaderboard
from course.files import write_new
from tests.helpers.models import TINY
from tests.helpers.verdicts import verdict

CLI = [sys.executable, "-m", "autograder.cli"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AUTOGRADE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def kept(handle: str) -> None:
    with Leaderboard() as board:
        board.add(entry_of(verdict(), handle, ""))


def test_the_version_is_told() -> None:
    done = CliRunner().invoke(app, ["--version"])
    assert (done.exit_code, done.stdout) == (0, f"autograde {course.__version__}\n")


def test_a_shell_can_complete_what_is_typed() -> None:
    environment = {**os.environ, "_AUTOGRADE_COMPLETE": "complete_bash"}

    def completed(words: str) -> list[str]:
        # Bash tells the words so far, and which of them is being typed.
        asked = {"COMP_WORDS": f"autograde {words}", "COMP_CWORD": f"{len(words.split())}"}
        done = subprocess.run(
            ["autograde"],
            executable=Path(sys.executable).with_name("autograde"),
            env=environment | asked,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout.split()

    assert completed("lead") == ["leaderboard"]
    assert completed("check -a under-1") == ["under-15k"]


def test_one_finds_what_one_has_submitted_under_another_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept("ann")
    kept("bob")
    for mine in ("", "ada"):  # nor does the usual handle hide it
        monkeypatch.setenv("AUTOGRADE_HANDLE", mine)
        rows = json.loads(CliRunner().invoke(app, ["history", "--json"]).stdout)
        assert [row["handle"] for row in rows] == ["ann", "bob"]
    [row] = json.loads(CliRunner().invoke(app, ["history", "--handle", "bob", "--json"]).stdout)
    assert row["handle"] == "bob"


@pytest.mark.parametrize("what", ["--misread", "--weights", "--onnx", "--report"])
def test_what_only_this_machine_hands_out_is_asked_of_no_server(folder: Path, what: str) -> None:
    words = ["show", "3", what, "file", "--server", "http://127.0.0.1:1"]
    asked = CliRunner().invoke(app, words)
    assert asked.exit_code == 2
    assert "expected --local with that" in asked.stderr
    assert not (folder / "file").exists()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("nothere.py", "no such file or directory"),
        ("folder", "found the folder folder"),
        ("picture.py", "found picture.py, which is no text"),
        ("secret.py", "secret.py: permission denied"),
    ],
)
def test_what_is_no_file_of_python_is_told_before_anything_is_loaded(
    folder: Path, name: str, says: str
) -> None:
    (folder / "folder").mkdir()
    (folder / "picture.py").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    (folder / "secret.py").write_text(TINY)
    (folder / "secret.py").chmod(0)
    if name == "secret.py" and os.access(name, os.R_OK):
        pytest.skip("whoever runs this may read everything")
    command = [sys.executable, "-X", "importtime", "-m", "autograder.cli", "submit", name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    times = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    loaded = {line.rpartition("|")[2].strip() for line in times}
    assert not loaded & {"torch", "numpy", "sqlalchemy", "autograder.pipeline"}
    [said] = [line for line in done.stderr.splitlines() if line not in times]
    assert says in said
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize("words", [("--csv",), ("--json",), ()], ids=" ".join)
def test_what_cannot_be_written_is_a_sentence(words: tuple[str, ...]) -> None:
    kept("ada")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*CLI, "leaderboard", *words],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 5
    assert done.stderr == "autograde: this machine says: No space left on device\n"


@pytest.mark.parametrize("words", [("leaderboard", "--csv"), ("leaderboard",), ("--help",)])
def test_whoever_has_read_enough_is_told_nothing(words: tuple[str, ...]) -> None:
    kept("ada")
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([*CLI, *words], stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert done.stderr == b""


def test_a_new_file_is_written_whole_or_not_at_all(folder: Path) -> None:
    path = folder / "model.py"
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, limits[1]))  # as a disk that is nearly full
    try:
        with pytest.raises(OSError, match="too large"):
            write_new(path, b"x" * 100)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(folder.iterdir()) == []
    assert CliRunner().invoke(app, ["new"]).exit_code == 0
    path.write_text("my work")
    assert CliRunner().invoke(app, ["new"]).exit_code == 2
    assert path.read_text() == "my work"


def test_a_quiet_check_is_one_line(folder: Path) -> None:
    (folder / "model.py").write_text(TINY)
    done = subprocess.run(
        [*CLI, "check", "-q", "model.py", "--json"], capture_output=True, text=True, check=False
    )
    assert done.stderr == " ready to submit  every check without training passed\n"
    assert json.loads(done.stdout)["submission"]["parameters"] == 1_672
