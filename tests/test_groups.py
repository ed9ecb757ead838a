"""Tests of one group share a process: a class graded once for twenty tests is graded once."""

import pytest


@pytest.mark.xdist_group("one process")
def test_xdist_knows_a_test_s_group(request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("loadgroup", False):
        pytest.skip("needs --numprocesses and --dist loadgroup, as `make test` has them")
    # The process that hands tests out reads the group there, and nowhere else.
    assert request.node.nodeid.endswith("@one process")
