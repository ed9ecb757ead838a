"""Run one module's `main` in a child process that can do nothing but compute.

    with Jailed("autograder.capture.entry") as child:  # starts, locks itself and imports torch
        child.send(request)                            # once the student's source is there
        outcome = child.wait()                         # bytes that the student can forge

A student's code may do whatever Python can do, so nothing here relies on its cooperation. The
kernel holds it: resource limits, Landlock for files (landlock.py) and seccomp for everything else
(seccomp.py). The child puts these in force before anything of the student's is loaded
(lockdown.py); cell.py says what it is given. This file is the parent's half: start, send, wait,
kill; patience.py says for how long.

What remains possible: to look at the names and sizes of files (not at their contents), to read the
processor's load and the time, and to use a fault in the kernel or in the libraries it computes
with. Without Landlock and seccomp ("rlimits only": macOS, which ignores the memory limit too) it
is no jail, and `strength` says so.
"""

import json
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Literal, Self

from autograder import children
from autograder.jail import cell, lockdown
from autograder.jail.cell import JailError, Limits
from autograder.jail.patience import Worked
from autograder.jail.strength import Strength, name_of, require, strength

__all__ = ["JailError", "Jailed", "Limits", "Outcome", "Strength", "require", "strength"]

Status = Literal["ok", "timeout", "starved", "memory", "too-much", "died"]
HANDSHAKE_BYTES = 4096  # room for the two lines that come before a result (lockdown.py)
WATCH_SECONDS = 0.05  # between two looks at the clock and at the child's threads
STARVED = 10  # times its seconds: a child that still has not had them by then never will
# What could steer the terminal that shows a student's output: all but newline and tab.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Outcome:
    """What came out of a child. The student can forge `result` and `output`."""

    result: bytes  # empty unless the status is "ok"
    output: str  # what it printed, to stdout and stderr, without control characters
    status: Status
    code: int | None  # exit code, or None where a signal ended it
    signal: str | None
    seconds: float
    jail: str  # the locks that held, for the verdict; "" where it never locked itself
    ready: bool  # False: it failed before any student code, so the fault is ours

    @property
    def reason(self) -> str:
        """Say in a few words how it ended."""
        ends = {
            "ok": "finished",
            "timeout": f"stopped after {self.seconds:.1f} seconds",
            "starved": f"hardly got a processor in {self.seconds:.0f} seconds",
            "memory": "ran out of memory",
            "too-much": "sent too many bytes or started too many threads",
            "died": f"ended by {self.signal}" if self.signal else f"ended with code {self.code}",
        }
        return ends[self.status]


class Jailed:
    """A running child. Start early, so that it has imported torch when the request comes."""

    def __init__(
        self, module: str, limits: Limits | None = None, minimum: str | None = None
    ) -> None:
        """Start the child, which will call `module.main(request)`; see `require` for minimum."""
        self.limits = limits or Limits()
        # All the locks that hold on this machine, not only those of the minimum, must hold in it.
        locks = require(minimum).holding
        self._kept: dict[str, bytearray] = {"result": bytearray(), "output": bytearray()}
        self._why: Status | None = None  # why we killed it
        self._sent: float | None = None
        self._closing = False  # its process id is no longer safe to use
        self._killing = threading.Lock()
        self._process = children.start(
            cell.command(module, self.limits, locks),
            stderr=subprocess.PIPE,
            env=cell.environment(),
            buffered=False,
            cwd="/",
        )
        # A thread for each pipe: a child that fills one while we wait at another would stand still.
        result_limit = self.limits.result_bytes + HANDSHAKE_BYTES
        self._readers = [
            _in_background(self._read, self._process.stdout, "result", result_limit),
            _in_background(self._read, self._process.stderr, "output", self.limits.stderr_bytes),
        ]

    def _read(self, pipe: IO[bytes], name: str, limit: int) -> None:
        """Keep what fits. Too much of a result ends the child; too much print is thrown away."""
        kept = self._kept[name]
        with pipe:
            while chunk := pipe.read(1 << 16):
                kept += chunk[: limit - len(kept)]
                if name == "result" and len(kept) == limit:
                    self._kill("too-much")

    def send(self, request: bytes) -> None:
        """Send the request, once. Never waits for the child."""
        if self._sent is not None:
            raise ValueError("a jailed child takes one request")
        self._sent = time.monotonic()
        # A pipe holds 64 KB; the rest waits until the child reads, which a thread can do for us.
        _in_background(self._write, len(request).to_bytes(8, "little") + request)

    def _write(self, data: bytes) -> None:
        pipe = self._process.stdin
        assert pipe is not None
        view = memoryview(data)
        try:
            with pipe:
                while view:
                    view = view[pipe.write(view) :]
        except (BrokenPipeError, ValueError):
            pass  # the child ended, or was closed, before it had read everything

    def wait(self) -> Outcome:
        """Wait for the answer or for a limit, kill what is left, and return what came out."""
        if self._sent is None:
            self.send(b"")
        assert self._sent is not None
        worked = Worked(self._process.pid)
        try:
            # A reader thread ends when its pipe closes, at the latest when the child dies.
            while alive := [reader for reader in self._readers if reader.is_alive()]:
                left = self.limits.seconds - worked.seconds()
                if left <= 0:
                    self._kill("timeout")
                    break
                if time.monotonic() - self._sent > STARVED * self.limits.seconds:
                    self._kill("starved")
                    break
                if self._count_threads() > self.limits.threads:
                    self._kill("too-much")
                    break
                alive[0].join(min(left, WATCH_SECONDS))
        finally:
            self.close()
        return self._outcome(time.monotonic() - self._sent)

    def _count_threads(self) -> int:
        """Count the child's threads. No rlimit does: RLIMIT_NPROC counts all that a user runs."""
        said = children.stat_of(self._process.pid)
        return int(said[17]) if said else 0  # it has just ended, or this is not Linux

    @property
    def ended(self) -> bool:
        """Whether the child has ended, by itself or killed."""
        return self._process.poll() is not None

    def kill(self) -> None:
        """Kill the child; whoever waits for its answer finds that it died."""
        self._kill(None)

    def _kill(self, why: Status | None) -> None:
        """Kill the child and all that it started; remember the first reason given."""
        # A reader thread and the waiting thread may both come here. The process id is the child's
        # until `close` has waited for it; then the system may give it to another process. So
        # `_closing` is set before that wait, and the lock makes check and kill one step.
        with self._killing:
            if self._closing:
                return
            self._why = self._why or why
            children.kill(self._process)

    def close(self) -> None:
        """Kill the child, whatever it is doing, and clean up. Does nothing the second time."""
        # A child that ended by itself closed its pipes by doing so: its exit code is already set,
        # and killing it changes nothing.
        self._kill(None)
        with self._killing:
            self._closing = True
        self._process.wait()
        for reader in self._readers:
            # Where nothing forbids fork, a grandchild may hold the pipe: leave that thread to it.
            reader.join(1)
        if self._sent is None and self._process.stdin:
            self._process.stdin.close()  # else _write closes it

    def _outcome(self, seconds: float) -> Outcome:
        kept = self._kept["result"]
        # Both lines were written before anything of the student's ran; what follows is theirs.
        lines = bytes(kept[:HANDSHAKE_BYTES]).split(b"\n", 2)
        locked, ready = len(lines) > 1, len(lines) > 2 and lines[1] == b"ready"
        start = sum(len(line) + 1 for line in lines[:2])
        code = self._process.returncode
        status: Status = "died" if code else "ok"
        if code == lockdown.OUT_OF_MEMORY:
            status = "memory"
        if hasattr(signal, "SIGXCPU") and code == -signal.SIGXCPU:
            status = "timeout"
        if len(kept) - start > self.limits.result_bytes:
            status = "too-much"
        status = self._why or status  # a child that we killed shows a signal, not the reason
        report: lockdown.Report | None = json.loads(lines[0]) if locked else None
        return Outcome(
            result=bytes(kept[start:]) if status == "ok" else b"",
            output=CONTROL.sub("?", self._kept["output"].decode("utf-8", "replace")),
            status=status,
            code=code if code >= 0 else None,
            signal=signal.Signals(-code).name if code < 0 else None,
            seconds=seconds,
            jail=name_of(report["holding"]) if report else "",
            ready=ready,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _in_background(work: Callable[..., None], *arguments: object) -> threading.Thread:
    thread = threading.Thread(target=work, args=arguments, daemon=True)
    thread.start()
    return thread
