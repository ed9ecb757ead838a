"""Whoever is killed while a student waits, each file is graded once; at length: killing.py."""

import pytest

from tests.autograder.server.killing import kill_each
from tests.helpers.databases import programs


@pytest.mark.slow
def test_a_class_loses_nothing_whoever_is_killed() -> None:
    if programs() is None:
        pytest.skip("PostgreSQL is not installed here: apt-get install postgresql")
    kills = (("database", "between seeds"), ("graders", "checking"), ("server", "handing in"))
    assert kill_each(kills, seed=1) == []
