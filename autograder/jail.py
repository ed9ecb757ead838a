"""Run one module's `main` in a child process that can do nothing but compute.

    with Jailed("autograder.capture") as child:   # starts, locks itself and imports torch
        child.send(request)                       # the student's source, when it is there
        outcome = child.wait()                    # bytes that anybody may have written

The student's code runs as the student likes, so nothing here relies on its manners. The kernel
holds it: resource limits, Landlock for files (landlock.py) and seccomp for everything else
(seccomp.py); lockdown.py closes these locks in the child before anything of the student's loads.
This file is the parent's half: what the child may read, what it may send, how long it may take.

Left open: names and sizes of files can be looked at (not their contents), the processor's load
and the time can be read, and a fault in the kernel or in the libraries it computes with is a way
out. Without Landlock and seccomp ("rlimits only", macOS) it is no jail, and `strength` says so.
"""

import functools
import importlib.util
import json
import os
import re
import signal
import site
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Literal, Self

from autograder import lockdown

Status = Literal["ok", "timeout", "memory", "too-much", "died"]

# What the child finds in its environment, which is nothing of the parent's.
ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "PATH": "/nonexistent",  # there is nothing to run; code that looks first must not find gcc
    "HOME": "/nonexistent",
    "USER": "student",
    "PYTHONHASHSEED": "0",  # sets in the same order every time
    "OMP_NUM_THREADS": "1",  # sums in the same order, and a class shares the processor
    "MKL_NUM_THREADS": "1",
    "CUDA_VISIBLE_DEVICES": "",
    "TORCHINDUCTOR_CACHE_DIR": "/",  # exists; without it torch asks for the user's name
}
# System files that the interpreter, the C library and torch open.
SYSTEM = (
    "/lib /lib64 /usr/lib /usr/lib64 /etc/ld.so.cache "
    "/proc/cpuinfo /sys/devices/system/cpu /dev/null /dev/urandom"
).split()
HANDSHAKE_BYTES = 4096
WATCH_SECONDS = 0.05


class JailError(RuntimeError):
    """This machine cannot run the jail that was asked for; the message says what to do."""


@dataclass(frozen=True)
class Limits:
    """How much a child may use before it is killed."""

    seconds: float = 60  # from `send`, by the clock on the wall
    cpu_seconds: int = 120  # of all its threads together, from its start
    memory_bytes: int = 8 << 30  # of addresses: importing the CUDA build of torch maps 3.2 GB
    result_bytes: int = 256 << 20
    stderr_bytes: int = 64 << 10  # printed text that is kept; more is read and thrown away
    threads: int = 256
    files: int = 256

    def rlimits(self) -> dict[str, int]:
        """Name these for the kernel, and forbid what needs no number."""
        return {
            "RLIMIT_AS": self.memory_bytes,
            "RLIMIT_CPU": self.cpu_seconds,
            "RLIMIT_NOFILE": self.files,
            "RLIMIT_STACK": 8 << 20,  # each thread maps as much
            "RLIMIT_FSIZE": 0,  # no file grows
            "RLIMIT_CORE": 0,
            "RLIMIT_MEMLOCK": 0,
            "RLIMIT_MSGQUEUE": 0,
        }


@dataclass(frozen=True)
class Outcome:
    """What came out of a child. `result` and `output` are the student's to forge."""

    result: bytes  # empty unless the status is "ok"
    output: str  # what it printed, to stdout and stderr
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


@dataclass(frozen=True)
class Strength:
    """Which locks hold on this machine, and what would add those that do not."""

    holding: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def name(self) -> str:
        """Name it as the verdict does: "landlock7+seccomp+rlimits"."""
        return _name(self.holding)


def _name(holding: Sequence[str]) -> str:
    if list(holding) == ["rlimits"]:
        return "rlimits only"
    return "+".join(sorted(holding, key=lambda lock: "lsr".index(lock[0]))) or "none"


ADVICE = {
    "landlock": "use Linux 5.13 or newer, with landlock in the kernel's lsm= list",
    "seccomp": "use Linux on x86-64 or ARM64, in a container that allows seccomp",
    "rlimits": "use Linux; on Windows that is WSL2",
}


@functools.cache
def strength() -> Strength:
    """Find which locks hold here, by closing them in a child that does nothing else."""
    process = subprocess.run(
        _command("", Limits(), required=()),
        input=b"",
        capture_output=True,
        env=_environment(),
        cwd="/",
        start_new_session=True,
        timeout=60,
    )
    if process.returncode:
        raise JailError(f"no jailed process starts here: {_text(process.stderr).strip()}")
    report = json.loads(process.stdout)
    missing = [f"{lock} ({why}): {ADVICE[lock]}" for lock, why in report["missing"].items()]
    return Strength(tuple(report["holding"]), tuple(missing))


def require(minimum: str | None = None) -> Strength:
    """Refuse, with JailError, a machine whose jail is weaker than `minimum`.

    A minimum is written like a name, "landlock4+seccomp+rlimits"; without one, AUTOGRADE_JAIL
    says, and without that anything will do.
    """
    if minimum is None:
        minimum = os.environ.get("AUTOGRADE_JAIL", "none")
    here = strength()
    wanted, found = _parse(minimum), _parse(here.name)
    if any(found.get(lock, -1) < number for lock, number in wanted.items()):
        fixes = "; ".join(here.missing) or "a newer kernel has a newer Landlock"
        raise JailError(f"the jail here is {here.name}, and {minimum} is required: {fixes}")
    return here


def _parse(name: str) -> dict[str, int]:
    if name == "none":
        return {}
    words = [
        re.fullmatch(r"(landlock|seccomp|rlimits)(\d*)", w)
        for w in name.removesuffix(" only").split("+")
    ]
    if not all(words):
        raise JailError(f"a jail is named like landlock4+seccomp+rlimits or none, not {name!r}")
    return {word[1]: int(word[2] or 0) for word in words if word}


@functools.cache
def _places() -> tuple[list[str], list[str]]:
    """Find the folders that imports search, and those that may be read: libraries, no more."""
    # As in the parent: where a package was found is where the child finds it.
    specs = [importlib.util.find_spec(name) for name in ("torch", "numpy", "safetensors")]
    search = site.getsitepackages() + [
        str(Path(spec.origin).parent.parent) for spec in specs if spec and spec.origin
    ]
    search = list(dict.fromkeys(search))
    python = [sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")]
    python += [f"{sys.base_prefix}/lib"]  # libpython and what it was linked with
    return search, [*search, *python, *SYSTEM, *_library_path()]


def _library_path() -> list[str]:
    """Keep the folders without which a cluster's Python may not start."""
    folders = os.environ.get("LD_LIBRARY_PATH", "").split(":")
    return [folder for folder in folders if folder.startswith("/")]


def _environment() -> dict[str, str]:
    libraries = ":".join(_library_path())
    return ENVIRONMENT | ({"LD_LIBRARY_PATH": libraries} if libraries else {})


def _modules(module: str) -> dict[str, str]:
    """Find the file of each top-level package or module that the child may import of ours."""
    names = {"course", "autograder", module.partition(".")[0]} - {""}
    specs = {name: importlib.util.find_spec(name) for name in names}
    lost = [name for name, spec in specs.items() if spec is None or not spec.origin]
    if lost:
        raise JailError(f"cannot find the module {lost[0]}")
    return {name: str(Path(str(spec.origin)).resolve()) for name, spec in specs.items() if spec}


def _command(module: str, limits: Limits, required: Sequence[str]) -> list[str]:
    search, readable = _places()
    modules = _modules(module)
    # A package is its folder, a module its file; never the folder around them, which may hold
    # solutions, grade books or somebody's home.
    ours = [str(Path(f).parent) if Path(f).name == "__init__.py" else f for f in modules.values()]
    plan: lockdown.Plan = {
        "module": module,
        "modules": modules,
        "path": search,
        "readable": readable + ours,
        "rlimits": limits.rlimits(),
        "required": list(required),
        "parent": os.getpid(),
    }
    # -P -s: nothing but the standard library on the path; -S: no site-packages code at start;
    # -B: nothing written. Not -I, which would also ignore PYTHONHASHSEED; the rest of the
    # environment is ours anyway.
    flags = ["-P", "-s", "-S", "-B"]
    return [sys.executable, *flags, str(Path(lockdown.__file__).resolve()), json.dumps(plan)]


def _text(raw: bytes | bytearray) -> str:
    return raw.decode("utf-8", "replace")


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
            _command(module, self.limits, required),
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(),
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
        first, _, rest = bytes(self._kept["result"]).partition(b"\n")
        ready, _, result = rest.partition(b"\n")
        code = self._process.returncode
        if len(result) > self.limits.result_bytes:
            self._why = "too-much"
        status: Status = self._why or ("died" if code else "ok")
        if self._why is None and code == lockdown.OUT_OF_MEMORY:
            status = "memory"
        if self._why is None and hasattr(signal, "SIGXCPU") and code == -signal.SIGXCPU:
            status = "timeout"
        return Outcome(
            result=result if status == "ok" else b"",
            output=_text(self._kept["output"]),
            status=status,
            code=code if code >= 0 else None,
            signal=signal.Signals(-code).name if code < 0 else None,
            seconds=seconds,
            jail=_name(json.loads(first)["holding"]) if rest or ready else "",
            ready=ready == b"ready",
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
