"""A save counts once, when it is whole, however the editor writes it."""

import os
from pathlib import Path

import pytest

from autograder.watching.saves import NotThere, Saved, Saves, same_code


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.py"
    path.write_bytes(b"x = 1\n")
    return path


def told(saves: Saves, start: float, seconds: float = 2.0) -> list[Saved | NotThere]:
    """Look every twentieth of a second, and return what was told."""
    times = (start + step / 20 for step in range(round(20 * seconds)))
    return [found for now in times if (found := saves.look(now)) is not None]


def test_each_save_counts_once(model: Path) -> None:
    saves = Saves(model)
    assert told(saves, 0) == [Saved(b"x = 1\n")]
    assert told(saves, 10) == []
    model.write_bytes(b"x = 2\n")
    assert told(saves, 20) == [Saved(b"x = 2\n")]
    model.write_bytes(b"x = 2\n")  # nothing has changed but the time
    assert told(saves, 30) == []


def test_a_file_put_in_its_place_is_a_save(model: Path, tmp_path: Path) -> None:
    saves = Saves(model)
    told(saves, 0)
    before = model.stat()
    (tmp_path / "model.py~").write_bytes(b"x = 3\n")
    os.utime(tmp_path / "model.py~", ns=(before.st_atime_ns, before.st_mtime_ns))
    (tmp_path / "model.py~").replace(model)  # the same size and time: another file
    assert told(saves, 10) == [Saved(b"x = 3\n")]


def test_half_a_save_is_none(model: Path) -> None:
    saves = Saves(model)
    told(saves, 0)
    model.write_bytes(b"")  # what an editor begins with
    assert saves.look(10.0) is None
    assert saves.look(10.05) is None
    model.write_bytes(b"x = 4\n")
    assert told(saves, 10.08) == [Saved(b"x = 4\n")]


def test_a_file_that_is_gone_for_a_moment_is_not_missed(model: Path) -> None:
    saves = Saves(model)
    told(saves, 0)
    model.unlink()
    assert told(saves, 10, seconds=0.5) == []
    model.write_bytes(b"x = 5\n")
    assert told(saves, 11) == [Saved(b"x = 5\n")]
    model.unlink()
    [missed] = told(saves, 20, seconds=5)
    assert isinstance(missed, NotThere)
    assert "no such file" in missed.sentence
    model.write_bytes(b"x = 5\n")
    assert told(saves, 30) == [Saved(b"x = 5\n")]  # it is there again


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ("x = 1  # two\ny = 2\n", True),
        ("x = 1\ny = 2  # new\n", True),
        ("x = 1  # one\ny = 3\n", False),
        ("# a line more\nx = 1  # one\ny = 2\n", False),  # sentences name lines
        ('"""x"""\nx = 1\n', False),
        ("x = (", False),
    ],
)
def test_code_is_the_same_where_comments_alone_differ(other: str, same: bool) -> None:
    assert same_code(b"x = 1  # one\ny = 2\n", other.encode()) is same


def test_what_is_no_python_is_never_the_same_code() -> None:
    assert not same_code(b"x = (", b"x = (")
    assert not same_code(b"# coding: klingon\n", b"# coding: klingon\n")
