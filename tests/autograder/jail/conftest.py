"""What the tests of the jail share."""

import pytest
from jail_runs import FULL

from autograder.jail.parent import JailError, require, strength


@pytest.fixture(scope="session")
def full() -> None:
    """Skip where this machine has less than the whole jail; a strict grader refuses it."""
    strength()  # outside the try: a jail that does not start at all is a failure
    try:
        require(FULL)
    except JailError as error:
        pytest.skip(str(error))
