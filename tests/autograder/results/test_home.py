"""A home that several people share: what one makes the others can use, and nobody else."""

import multiprocessing
import os
from pathlib import Path

import pytest

from autograder.events import Answers, Learned
from autograder.results import archive
from autograder.results.database import entry_of
from autograder.results.home import key, make_shared
from autograder.results.leaderboard import Leaderboard, curves_path
from tests.helpers.verdicts import verdict

LEARNED = Learned(b"weights", Answers(b"\x07", b"\xff"))
STAFF = 4_100  # a group, and two users, of nobody here
BEN, STRANGER = 4_002, 4_003


def test_what_is_made_in_a_shared_home_is_the_groups(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AUTOGRADE_HOME", str(make_shared(tmp_path / "class")))
    key()
    archive.keep(17, {3: LEARNED})
    with Leaderboard():
        home = curves_path(1).parent.parent
        made = {f"{path.relative_to(home)}": path.stat().st_mode for path in home.rglob("*")}
    for name in ("key", "leaderboard.sqlite", "learned/17/3.safetensors", "learned/17/3.answers"):
        assert made[name] & 0o777 == 0o660, name
    for name in ("curves", "learned", "learned/17"):
        assert made[name] & 0o7777 == 0o2770, name  # with its group for what is made in it
    assert all(mode & 0o007 == 0 for mode in made.values())


def as_user(user: int, groups: list[int], results: "multiprocessing.Queue[str]") -> None:
    os.setgroups(groups)
    os.setgid(user)
    os.setuid(user)
    try:
        with Leaderboard() as board:
            number = board.add(entry_of(verdict(), "ada", ""))
            archive.keep_training("5e1f", "mnist", 3, LEARNED)
            results.put(f"{number} {key().hex()}")
    except Exception as error:
        results.put(f"{type(error).__name__}: {error}")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be several people")
def test_a_second_assistant_uses_the_first_ones_home(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shared = make_shared(tmp_path / "class")
    os.chown(shared, 0, STAFF)
    shared.chmod(0o2770)
    monkeypatch.setenv("AUTOGRADE_HOME", str(shared))
    for folder in (tmp_path, *tmp_path.parents):  # pytest keeps strangers out of them
        if folder.name.startswith(("test_", "popen-", "pytest-")):
            folder.chmod(0o711)
    with Leaderboard() as board:
        board.add(entry_of(verdict(), "ada", ""))
        mine = key().hex()
    archive.keep_training("5e1f", "mnist", 3, LEARNED)
    context = multiprocessing.get_context("fork")
    results: multiprocessing.Queue[str] = context.Queue()
    said = []
    for user, groups in ((BEN, [STAFF]), (STRANGER, [])):
        process = context.Process(target=as_user, args=(user, groups, results))
        process.start()
        said.append(results.get(timeout=60))
        process.join()
    assert said[0] == f"2 {mine}"
    assert said[1].startswith("HomeError: expected to keep")
