"""Run one module's `main` in a child process that can do nothing but compute.

    with Jailed("autograder.capture.entry") as child:   # starts, locks itself and imports torch
        child.send(request)                       # the student's source, when it is there
        outcome = child.wait()                    # bytes that anybody may have written

The student's code runs as the student likes, so nothing here relies on its manners. The kernel
holds it: resource limits, Landlock for files (locks/landlock.py) and seccomp for everything else
(locks/seccomp.py); locks/lockdown.py closes these in the child before anything of the student's
loads.
locks/cell.py says what the child is given. This file is the parent's half: start, send, wait, kill.

Left open: names and sizes of files can be looked at (not their contents), the processor's load
and the time can be read, and a fault in the kernel or in the libraries it computes with is a way
out. Without Landlock and seccomp ("rlimits only": macOS, which ignores the memory limit
too) it is no jail, and `strength` says so.
"""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Literal, Self

from autograder.jail import cell, lockdown
from autograder.jail.cell import JailError, Limits
from autograder.jail.strength import Strength, name_of, require, strength

__all__ = ["JailError", "Jailed", "Limits", "Outcome", "Strength", "require", "strength"]

Status = Literal["ok", "timeout", "memory", "too-much", "died"]
HANDSHAKE_BYTES = 4096  # room for the two lines that come before a result
WATCH_SECONDS = 0.05
# What could steer the terminal that shows a student's output: all but newline and tab.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Outcome:
    """What came out of a child. `result` and `output` are the student's to forge."""

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
            "memory": "ran out of memory",
            "too-much": "sent too many bytes or started too many threads",
            "died": f"ended by {self.signal}" if self.signal else f"ended with code {self.code}",
        }
        return ends[self.status]


# PR_SET_PDEATHSIG watches the thread that started the child, not the process. A server's pool
# threads come and go, so one thread that lives as long as the process starts them all.
_starter = ThreadPoolExecutor(1, thread_name_prefix="jail")


def _renew_starter() -> None:
    global _starter  # a forked copy of this process has no such thread
    _starter = ThreadPoolExecutor(1, thread_name_prefix="jail")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_starter)


class Jailed:
    """A running child. Start early, so that it has imported torch when the request comes."""

    def __init__(
        self, module: str, limits: Limits | None = None, minimum: str | None = None
    ) -> None:
        """Start the child, which will call `module.main(request)`; see `require` for minimum."""
        self.limits = limits or Limits()
        required = require(minimum).holding
        self._kept: dict[str, bytearray] = {"result": bytearray(), "output": bytearray()}
        self._why: Status | None = None  # why we killed it
        self._sent: float | None = None
        self._over = False
        self._killing = threading.Lock()
        self._process: subprocess.Popen[bytes] = _starter.submit(
            subprocess.Popen[bytes],
            cell.command(module, self.limits, required),
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=cell.environment(),
            cwd="/",
            start_new_session=True,
        ).result()
        result_limit = self.limits.result_bytes + HANDSHAKE_BYTES
        self._readers = [
            self._thread(self._read, self._process.stdout, "result", result_limit),
            self._thread(self._read, self._process.stderr, "output", self.limits.stderr_bytes),
        ]

    def _thread(self, work: Any, *arguments: Any) -> threading.Thread:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        thread.start()
        return thread

    def _read(self, pipe: IO[bytes], name: str, limit: int) -> None:
        """Keep what fits. Too much of a result ends the child; too much print is thrown away."""
        kept = self._kept[name]
        with pipe:
            while chunk := pipe.read(1 << 16):
                kept += chunk[: limit - len(kept)]
                if name == "result" and len(kept) == limit:
                    self._kill("too-much")

    def send(self, request: bytes) -> None:
        """Send the request, once, and start the clock. Never waits for the child."""
        if self._sent is not None:
            raise ValueError("a jailed child takes one request")
        self._sent = time.monotonic()
        self._thread(self._write, len(request).to_bytes(8, "little") + request)

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
        """Wait for the answer or for a limit, kill what is left, and say what came out."""
        if self._sent is None:
            self.send(b"")
        assert self._sent is not None
        deadline = self._sent + self.limits.seconds
        try:
            while any(reader.is_alive() for reader in self._readers):
                left = deadline - time.monotonic()
                if left <= 0:
                    self._kill("timeout")
                    break
                if self._threads() > self.limits.threads:
                    self._kill("too-much")
                    break
                alive = next((r for r in self._readers if r.is_alive()), self._readers[0])
                alive.join(min(left, WATCH_SECONDS))
        finally:
            self.close()
        return self._outcome(time.monotonic() - self._sent)

    def _threads(self) -> int:
        """Count the child's threads. No rlimit does: RLIMIT_NPROC counts all that a user runs."""
        try:
            status = Path(f"/proc/{self._process.pid}/status").read_text()
        except OSError:
            return 0
        found = re.search(r"^Threads:\s+(\d+)", status, re.MULTILINE)
        return int(found[1]) if found else 0

    def _kill(self, why: Status | None) -> None:
        # Only before it is reaped: afterwards its number may be another process's.
        with self._killing:
            if self._over:
                return
            self._why = self._why or why
            try:
                if sys.platform == "win32":
                    self._process.kill()
                else:
                    os.killpg(self._process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                pass  # it has ended by itself; macOS answers so for a zombie

    def close(self) -> None:
        """Kill the child, whatever it is doing, and clean up. Does nothing the second time."""
        # A child whose pipes are both closed has its exit code already, so this changes nothing
        # for one that ended by itself.
        self._kill(None)
        with self._killing:
            self._over = True
        self._process.wait()
        for reader in self._readers:
            # Where nothing forbids fork, a grandchild may hold the pipe: leave that thread to it.
            reader.join(1)
        if self._sent is None and self._process.stdin:
            self._process.stdin.close()

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
        status = self._why or status
        return Outcome(
            result=bytes(kept[start:]) if status == "ok" else b"",
            output=CONTROL.sub("?", self._kept["output"].decode("utf-8", "replace")),
            status=status,
            code=code if code >= 0 else None,
            signal=signal.Signals(-code).name if code < 0 else None,
            seconds=seconds,
            jail=name_of(json.loads(lines[0])["holding"]) if locked else "",
            ready=ready,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
