"""Processes as a test finds them: those below one, and how they are killed."""

import os
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

SECONDS = 10.0


def below(process: int) -> list[int]:
    """Return the processes that a process has started, and those that these have."""
    children = [number for number, parent in parents().items() if parent == process]
    return children + [one for child in children for one in below(child)]


def parents() -> dict[int, int]:
    """Return the parent of every process."""
    found: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended
            # Its name stands in parentheses, and may hold some itself.
            found[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    return found


def kill_all(processes: Iterable[int]) -> None:
    """Kill processes as kill -9 does."""
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def wait_for_the_end(processes: Iterable[int]) -> None:
    """Wait until nothing is left of processes, not even the number that their parent asks for."""
    until = time.monotonic() + SECONDS
    for process in processes:
        while Path(f"/proc/{process}").exists():
            assert time.monotonic() < until, f"{process} is still there"
            time.sleep(0.01)
