"""A worker as its parent sees it: a child process that is sent requests and tells events.

It may die, hang or be killed without taking its parent along: whoever reads its events finds that
they end, and `ending` says why.
"""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Self, cast

from autograder import children, events
from autograder.words import printable
from autograder.workers import requests

SETTINGS = {
    # Threads that wait for each other spin for some microseconds, then sleep: on a machine with
    # other work, one that goes on spinning takes the core that the other one needs.
    "GOMP_SPINCOUNT": "10000"
}
WATCH_SECONDS = 0.5  # between two looks at the clock
PATIENCE = 900.0  # seconds without a word: on a machine this busy, or hanging, nothing gets done


class WorkerProcess:
    """A running worker (worker.py); it loads torch while nobody waits for it yet."""

    def __init__(self) -> None:
        # -P: no folder of the user's is searched for modules, so no file there can pose as torch.
        command = [sys.executable, "-P", "-m", "autograder.workers", str(os.getpid())]
        self.complaints = tempfile.TemporaryFile()  # noqa: SIM115  open as long as the worker
        self.process: subprocess.Popen[bytes] = children.start(
            command, stderr=self.complaints, env={**SETTINGS, **os.environ}
        )
        self.timed_out = False
        self.spent = False  # killed, or has trained: no other submission's
        self.deadline: float | None = None  # while it has something to do
        self.heard = time.monotonic()
        self.patience = PATIENCE
        self.over = threading.Event()
        threading.Thread(target=self.watch, daemon=True).start()

    def ask(self, request: requests.Request, data: bytes = b"", *, seconds: float) -> None:
        """Send a request and the bytes that belong to it; kill the worker after `seconds`."""
        assert self.process.stdin is not None
        self.spent = self.spent or isinstance(request, requests.TrainRequest)
        # The limit first: a worker that reads nothing would hold us up in write().
        self.limit(seconds)
        with suppress(BrokenPipeError):  # it died; reading its events will tell
            self.process.stdin.write(requests.encode(request, len(data)) + data)
            self.process.stdin.flush()

    def limit(self, seconds: float | None) -> None:
        """Kill the worker after `seconds` of real time, or when it says nothing for long.

        That is a backstop, and no student's fault: the worker counts its own work. None: no limit.
        """
        self.heard = time.monotonic()
        self.deadline = None if seconds is None else self.heard + seconds

    def watch(self) -> None:
        """Kill a worker that takes too long, from a thread of its own."""
        while not self.over.wait(WATCH_SECONDS):
            now, deadline = time.monotonic(), self.deadline
            if deadline is not None and (now > deadline or now > self.heard + self.patience):
                self.timed_out = True
                self.kill()
                return

    def checking(self) -> Iterator[events.FromChecking]:
        """Yield what the worker tells after a CheckRequest."""
        return cast(Iterator[events.FromChecking], self.events())

    def training(self) -> Iterator[events.FromTraining]:
        """Yield what the worker tells after a TrainRequest."""
        return cast(Iterator[events.FromTraining], self.events())

    def events(self) -> Iterator[events.Event]:
        """Yield what the worker tells until it falls silent."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.heard = time.monotonic()
            if line.endswith(b"\n"):  # a worker that is killed may leave half a line
                yield events.decode(line)

    def kill(self) -> None:
        """Kill the worker and all that it started."""
        self.spent = True
        children.kill(self.process)

    @property
    def reusable(self) -> bool:
        """Whether it may check another submission, once it has told all of this one."""
        return not self.spent and self.process.poll() is None

    @property
    def used_up(self) -> bool:
        """Whether a worker that fell silent had used up its processor time (bonds.py)."""
        stopped = getattr(signal, "SIGXCPU", None)  # Windows has none
        return not self.timed_out and stopped is not None and self.process.wait() == -stopped

    def ending(self, doing: str) -> str:
        """Say how a worker ended that should not have."""
        if self.timed_out:
            return f"{doing} did not end in time: this machine may be too busy"
        code = self.process.wait()
        self.complaints.seek(0)
        said = self.complaints.read().decode("utf-8", "replace").strip().splitlines() or [""]
        last = printable(said[-1], 200)
        how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
        return f"the {doing} process {how}: {last}".rstrip(": ")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End the worker, whatever it is doing. Does nothing the second time."""
        self.over.set()
        self.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()
        self.process.wait()
        self.complaints.close()
