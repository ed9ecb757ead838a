"""Run probes and bombs: in the jail, and in a process like it in everything but the jail."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from autograder.jail.parent import Jailed, Limits, Outcome

HERE = Path(__file__).parent
FULL = "landlock1+seccomp+rlimits"


def drop(bomb: str, limits: Limits) -> Outcome:
    """Run one bomb of jail_bombs.py in a jailed child of its own."""
    with Jailed("jail_bombs", limits, minimum=FULL) as child:
        child.send(bomb.encode())
        return child.wait()


def unlocked(file: str, argument: str) -> subprocess.CompletedProcess[str]:
    """Run a file of this folder in a process like the jailed one in everything but the jail."""
    return subprocess.run(
        [sys.executable, str(HERE / file), argument],
        capture_output=True,
        text=True,
        stdin=subprocess.PIPE,
        start_new_session=True,
        timeout=30,
    )


def wait_until(holds: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)
