"""Start a child process that ends with its parent, and end it with all that it started.

    process = start(command, stdin=subprocess.PIPE)
    kill(process)

A child asks the kernel to be killed when its parent ends (PR_SET_PDEATHSIG), but the kernel watches
the *thread* that started it, not the process. Threads come and go, in a server's pool or where
trainings run side by side. So one thread, which lives as long as the process, starts every child.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import IO

PROC = Path("/proc")  # where Linux tells of its processes
_starter = ThreadPoolExecutor(1, thread_name_prefix="starter")


def _renew_starter() -> None:
    # A forked copy of this process has no threads but the one that forked. Its inherited pool
    # would wait for ever.
    global _starter
    _starter = ThreadPoolExecutor(1, thread_name_prefix="starter")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_starter)


def start(
    command: Sequence[str],
    stderr: int | IO[bytes],
    env: Mapping[str, str],
    buffered: bool = True,
    cwd: str | None = None,
) -> "subprocess.Popen[bytes]":
    """Start a child with pipes to its standard input and from its standard output."""
    return _starter.submit(
        subprocess.Popen[bytes],
        command,
        bufsize=-1 if buffered else 0,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        env=env,
        cwd=cwd,
        start_new_session=True,  # a group of its own, so that `kill` reaches all it started
    ).result()


def kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill a child and all that it started. It must not have been waited for by anybody yet.

    Until then its process id is the child's; afterwards the system may give it to another one.
    """
    if process.returncode is not None:
        return
    # It may have ended by itself; macOS answers with PermissionError for a zombie.
    with suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


def stat_of(process: int) -> list[str]:
    """Return what Linux says of a process, from its state on; nothing where there is none.

    The first is its state ("D": it waits for the disk), [17] counts its threads, [19] is when it
    began, in ticks since the machine did.
    """
    try:
        stat = (PROC / f"{process}" / "stat").read_text()
    except OSError:
        return []
    # Its name stands in parentheses, and may hold some itself.
    return stat.rpartition(")")[2].split()


def cores() -> int:
    """Count the cores this process may use."""
    # A container or `taskset` may allow fewer than the machine has.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
