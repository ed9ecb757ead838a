"""A worker as its parent sees it: a child process that is sent requests and tells events.

It may die, hang or be killed without taking its parent along: whoever reads its events finds that
they end, and `ending` says why.
"""

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Self, cast

from autograder import events
from autograder.words import printable
from autograder.workers import requests

SETTINGS = {
    # Threads that wait for each other spin for some microseconds, then sleep: on a machine with
    # other work, one that goes on spinning takes the core that the other one needs.
    "GOMP_SPINCOUNT": "10000"
}


class WorkerProcess:
    """A running worker (worker.py); it loads torch while nobody waits for it yet."""

    def __init__(self) -> None:
        # -P: no folder of the user's is searched for modules, so no file there can pose as torch.
        command = [sys.executable, "-P", "-m", "autograder.workers.worker"]
        self.complaints = tempfile.TemporaryFile()  # noqa: SIM115  open as long as the worker
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.complaints,
            env={**SETTINGS, **os.environ},
        )
        self.timed_out = False
        self.timer: threading.Timer | None = None

    def ask(self, request: requests.Request, data: bytes = b"", *, seconds: float) -> None:
        """Send a request and the bytes that belong to it; kill the worker after `seconds`."""
        assert self.process.stdin is not None
        # The limit first: a worker that reads nothing would hold us up in write().
        self.limit(seconds)
        with suppress(BrokenPipeError):  # it died; reading its events will tell
            self.process.stdin.write(requests.encode(request, len(data)) + data)
            self.process.stdin.flush()

    def limit(self, seconds: float | None) -> None:
        """Kill the worker after `seconds`, unless another limit is set before; None: no limit."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        if seconds is not None:
            self.timer = threading.Timer(seconds, self.stop)
            self.timer.daemon = True
            self.timer.start()

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
            if line.endswith(b"\n"):  # a worker that is killed may leave half a line
                yield events.decode(line)

    def stop(self) -> None:
        """Kill a worker that takes too long."""
        self.timed_out = True
        self.process.kill()

    def ending(self, doing: str) -> str:
        """Say how a worker ended that should not have."""
        if self.timed_out:
            return f"{doing} did not end in time"
        code = self.process.wait()
        self.complaints.seek(0)
        said = self.complaints.read().decode("utf-8", "replace").strip().splitlines() or [""]
        last = printable(said[-1], 200)
        how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
        return f"the {doing} process {how}: {last}".rstrip(": ")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.limit(None)
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()
        self.process.wait()
        self.complaints.close()
