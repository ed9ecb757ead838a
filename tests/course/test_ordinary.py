"""A file of somebody else's is read if it is an ordinary one, and no further than is allowed."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.job import read_source
from course.errors import UsageError
from course.ordinary import NotOrdinary, NotReadable, TooLarge, read_ordinary


@pytest.fixture(autouse=True)
def impatient() -> Iterator[None]:
    """End a test that waits: for a pipe that nobody writes to, say."""
    signal.alarm(20)
    yield
    signal.alarm(0)


def test_an_ordinary_file_is_read_up_to_its_last_byte(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x" * 100)
    assert read_ordinary(file, 100) == b"x" * 100
    with pytest.raises(TooLarge, match="more than 0 KB"):
        read_ordinary(file, 99)
    with pytest.raises(FileNotFoundError):
        read_ordinary(tmp_path / "none", 1)


def test_a_file_that_grows_while_it_is_read_is_too_large() -> None:
    # Files of /proc say that they hold nothing, and hold more.
    with pytest.raises(TooLarge):
        read_ordinary("/proc/self/status", 10)


def test_what_is_no_file_is_neither_waited_for_nor_followed(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's whole name must be short
    Path("real").write_text("")
    Path("folder").mkdir()
    os.mkfifo("pipe")
    Path("link").symlink_to("real")
    listening = socket.socket(socket.AF_UNIX)
    listening.bind("socket")
    for name in ("folder", "pipe", "link", "socket"):
        with pytest.raises(NotOrdinary, match=f"a {name}"):
            read_ordinary(name, 10)
    with pytest.raises(NotOrdinary, match="a device"):
        read_ordinary("/dev/zero", 10)
    assert read_ordinary("link", 10, follow=True) == b""
    listening.close()


def test_a_sparse_file_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "model.py").open("wb") as file:
        file.truncate(40 << 30)
    with pytest.raises(UsageError, match="expected at most 1024 KB of Python, found more"):
        read_source(tmp_path / "model.py")


def test_a_name_that_no_file_can_have(tmp_path: Path) -> None:
    for name in ("\0", "x" * 300):
        with pytest.raises(NotReadable):
            read_ordinary(tmp_path / name, 10)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("pipe.py", "found the pipe"),
        ("folder.py", "found the folder"),
        ("none.py", "no such file or directory"),
        ("locked.py", "permission denied"),
        ("round.py", "too many levels of symbolic links"),
        ("book.ipynb", "no such file or directory"),
    ],
)
def test_a_source_that_cannot_be_one_is_a_sentence(tmp_path: Path, name: str, says: str) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "locked.py").touch(0)
    (tmp_path / "round.py").symlink_to(tmp_path / "round.py")
    (tmp_path / "real.py").write_text("# mine")
    (tmp_path / "linked.py").symlink_to(tmp_path / "real.py")
    assert read_source(tmp_path / "linked.py") == b"# mine"
    user = os.geteuid()
    if user == 0 and name == "locked.py":  # root may read everything
        os.seteuid(65534)
    try:
        with pytest.raises(UsageError, match=says):
            read_source(tmp_path / name)
    finally:
        os.seteuid(user)
