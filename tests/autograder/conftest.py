"""What the tests of the autograder share: a small submission, and the workers that grade it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.workers.process import WorkerProcess
from tests.helpers.databases import Database, emptied, postgres, programs
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


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """One PostgreSQL for all tests of this process."""
    if programs() is None:
        pytest.skip("PostgreSQL is not installed here: apt-get install postgresql")
    with postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, own_home: Path) -> Database:
    """Give each test an empty database: of SQLite, and of a real PostgreSQL."""
    if request.param == "sqlite":
        return Database(f"sqlite:///{own_home}/leaderboard.sqlite")
    url = request.getfixturevalue("postgresql")
    emptied(url)
    return Database(url)
