"""What is killed at random loses nothing and grades nobody twice; killing.py does it at length."""

import pytest

from tests.autograder.fleet.killing import compare
from tests.helpers.databases import programs


@pytest.mark.slow
@pytest.mark.parametrize(("cluster", "on_postgres"), [(False, False), (True, True)])
def test_a_class_is_graded_once_whoever_is_killed(cluster: bool, on_postgres: bool) -> None:
    if on_postgres and programs() is None:
        pytest.skip("PostgreSQL is not installed here: apt-get install postgresql")
    expected, found = compare(3, 3, cluster, on_postgres, seed=2)
    assert found == expected
    assert len(found) == 3
