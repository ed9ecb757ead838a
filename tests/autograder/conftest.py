"""What the tests of the autograder share: a small submission, and the workers that grade it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.workers.process import WorkerProcess
from tests.helpers.models import TINY


@pytest.fixture(autouse=True)
def nothing_loaded_beforehand() -> Iterator[None]:
    """Hide packages that other tests loaded: in the jail nothing is loaded beforehand."""
    roots = ("torchvision", "torchinfo", "tqdm", "matplotlib")
    hidden = {name: module for name, module in sys.modules.items() if name.split(".")[0] in roots}
    for name in hidden:
        del sys.modules[name]
    yield
    sys.modules.update(hidden)


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep key and leaderboard in a folder of this test's own."""
    monkeypatch.setenv("AUTOGRADE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A file that passes quickly on practice digits."""
    path = tmp_path / "model.py"
    path.write_text(TINY)
    return path


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> list[WorkerProcess]:
    """Every worker that a grading starts, so that a test can harm it."""
    started: list[WorkerProcess] = []
    start = WorkerProcess.__init__

    def remembered(worker: WorkerProcess) -> None:
        start(worker)
        started.append(worker)

    monkeypatch.setattr(WorkerProcess, "__init__", remembered)
    return started
