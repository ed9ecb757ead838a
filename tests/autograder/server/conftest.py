"""One class server for the tests of a module, on SQLite and on a real PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.assignment import load
from autograder.server.settings import ClassSettings, Offer
from tests.helpers.classes import Served, served
from tests.helpers.databases import fresh

SETTINGS = ClassSettings(
    title="The class",
    assignments=(
        Offer(load("under-8k"), seeds=1, tries_per_day=2),
        Offer(load("under-20k"), seeds=1, tries_per_day=100),
    ),
)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def there(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """A class server that grades nothing: what waits, waits."""
    home: Path = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOGRADE_HOME", str(home))
        url = f"sqlite:///{home}/leaderboard.sqlite"
        if request.param == "postgresql":
            url = fresh(request.getfixturevalue("postgresql"))
        with served(url, SETTINGS) as running:
            yield running
