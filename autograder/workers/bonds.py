"""What binds a worker: it ends with its parent, and its checks end when their time is used up.

A grader that is killed runs nothing of its own any more, so the kernel has to end its workers; and
an operation that runs for minutes returns to no clock of ours, so the kernel has to watch the time.
"""

import math
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from autograder.jail import kernel


def bind(parent: int) -> None:
    """Tie this process to the parent with this id, and let it take as little along as may be."""
    if sys.platform == "linux":
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        # A parent that had ended before this call will send no signal. Its child has a new one.
        if os.getppid() != parent:
            sys.exit("the grader ended before its worker had started")
        # Where the machine runs out of memory, the kernel is to end a worker before its parent.
        with suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("500")
    if sys.platform != "win32":
        import resource

        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (0, hard))  # a crash writes no file of gigabytes


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """End this process with SIGXCPU when what is within works for more seconds than these.

    It is the processor's time: a busy machine makes nothing fail. Windows has no such limit; there
    the parent's clock is the only one.
    """
    if sys.platform == "win32":
        yield
        return
    import resource

    before, hard = resource.getrlimit(resource.RLIMIT_CPU)
    most = math.ceil(time.process_time() + seconds)  # counted from the process's start, in seconds
    resource.setrlimit(resource.RLIMIT_CPU, (most if hard == -1 else min(most, hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, (before, hard))
