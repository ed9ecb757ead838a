"""The child's own start: lock this process, then import one module and run its `main`.

jail.py runs this file as a script, with its plan in the one argument. Nothing heavy and nothing of
the student's is loaded before the last lock closes, because a lock binds the thread that closes it
and every thread started afterwards, not those that already run. Everything happens here and not
between fork and exec in the parent, where a server with threads may run no Python.

The result pipe carries three things in turn: a line of JSON that says which locks hold, the line
"ready" once the module is imported, and what its `main` returned.
"""

import contextlib
import errno
import gc
import importlib
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from types import ModuleType
from typing import Any, NoReturn

RESULT = 3
NOT_LOCKED, OUT_OF_MEMORY, UNFINISHED = 70, 71, 72  # exit codes

Plan = dict[str, Any]


class Places:
    """Find our packages at their exact place, so that their parent folder can stay closed."""

    def __init__(self, places: dict[str, str]) -> None:
        self.places = places

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Answer for the packages we were told of; all else goes the usual way."""
        return spec_from_file_location(name, self.places[name]) if name in self.places else None


def keep_three_pipes() -> None:
    """Keep stdin, the result pipe and the output pipe; close everything else."""
    os.dup2(1, RESULT, inheritable=False)
    os.dup2(2, 1)  # what the student prints joins stderr, and cannot reach the result by accident
    os.closerange(RESULT + 1, 1 << 16)


def harden(plan: Plan) -> None:
    """Tie this process to its parent and give up what it could have inherited."""
    from autograder.jail import kernel

    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != plan["parent"]:
        raise OSError(errno.ESRCH, "the parent ended before its death could be watched")
    # Where memory runs out, this process goes first. (pathlib is a slow import.)
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:  # noqa: PTH123
        score.write("1000")
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)  # no core file, and no sibling reads this memory
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)  # no set-user-id program raises them again
    kernel.drop_capabilities()
    if len(os.listdir("/proc/self/task")) != 1:  # noqa: PTH208  pathlib is a slow import
        raise OSError(errno.EBUSY, "a second thread runs already, which Landlock would not bind")


def limit(plan: Plan) -> str:
    """Put the resource limits in force; every one of them is a ceiling for good."""
    import resource

    for name, ceiling in plan["rlimits"].items():
        number = getattr(resource, name, None)
        if number is None:
            continue  # not every system has every limit
        hard = resource.getrlimit(number)[1]
        soft = ceiling if hard == resource.RLIM_INFINITY else min(ceiling, hard)
        # One second more before the kernel's SIGKILL, so that SIGXCPU names the reason.
        hard = soft + 1 if name == "RLIMIT_CPU" and soft != hard else soft
        resource.setrlimit(number, (soft, hard))
    return "rlimits"


def close_files(plan: Plan) -> str:
    """Put Landlock in force, and see that it holds."""
    from autograder.jail import landlock

    version = landlock.restrict(plan["readable"], plan.get("own", ()))
    _must_fail(lambda: os.listdir("/"), "Landlock")  # noqa: PTH208  pathlib is a slow import
    return f"landlock{version}"


def close_calls(plan: Plan) -> str:
    """Put seccomp in force, and see that it holds."""
    from autograder.jail import seccomp

    if "notebook" in plan:
        from autograder.jail import notebook

        seccomp.install(notebook.CALLS)
    else:
        seccomp.install()
    _must_fail(lambda: os.kill(os.getpid(), 0), "seccomp")
    return "seccomp"


def _must_fail(attempt: Callable[[], object], lock: str) -> None:
    try:
        attempt()
    except PermissionError:
        return
    raise OSError(errno.EPERM, f"{lock} was accepted but does not hold")


def lock(plan: Plan) -> dict[str, Any]:
    """Close every lock this machine has; say which hold, and why the others do not."""
    holding: list[str] = []
    missing: dict[str, str] = {}
    if sys.platform == "linux":
        harden(plan)
    # seccomp last: it denies the calls that the others are made with.
    for name, close in (("rlimits", limit), ("landlock", close_files), ("seccomp", close_calls)):
        if name != "rlimits" and sys.platform != "linux":
            missing[name] = f"not on {sys.platform}"  # there, these numbers mean other calls
            continue
        try:
            holding.append(close(plan))
        except (OSError, ImportError, ValueError) as error:
            missing[name] = str(error)
    return {"holding": holding, "missing": missing}


def fail(code: int, why: str) -> NoReturn:
    """Say why and end at once, without running anybody's exit handlers."""
    os.write(2, why.encode() + b"\n")
    os._exit(code)


def send(data: bytes) -> None:
    """Write all of it to the result pipe."""
    view = memoryview(data)
    while view:
        view = view[os.write(RESULT, view) :]


def receive() -> bytes:
    """Read the request: its length in eight bytes, then itself. Half a request is never run."""
    with os.fdopen(0, "rb", closefd=False) as stdin:
        length = stdin.read(8)
        request = stdin.read(int.from_bytes(length, "little"))
    if len(length) != 8 or len(request) != int.from_bytes(length, "little"):
        fail(UNFINISHED, "the parent ended before its request was complete")
    return request


def run(module: str) -> None:
    """Import the module, wait for the request, answer it."""
    gc.disable()  # halves the time that importing torch takes; this process is short
    import tempfile

    tempfile.tempdir = "/nonexistent"  # torch._dynamo asks for a folder at import; there is none
    main = importlib.import_module(module).main
    send(b"ready\n")
    answer: bytes = main(receive())
    sys.stdout.flush()
    sys.stderr.flush()
    send(answer)


def lock_or_end(plan: Plan) -> dict[str, Any]:
    """Lock this process, or end it where a lock that is required does not hold."""
    sys.meta_path.insert(0, Places(plan["modules"]))
    sys.path += plan["path"]
    try:
        report = lock(plan)
    except OSError as error:
        fail(NOT_LOCKED, f"the jail could not be locked: {error}")
    if not set(plan["required"]) <= set(report["holding"]):
        fail(NOT_LOCKED, f"the jail could not be locked: {report['missing']}")
    return report


def start() -> NoReturn:
    """Lock, report, run; end without anybody's exit handlers or finalizers."""
    plan: Plan = json.loads(sys.argv[1])
    del sys.argv[1:]
    if "notebook" in plan:
        os.closerange(3, 1 << 16)
        lock_or_end(plan)
        from autograder.jail import notebook

        notebook.serve(plan["notebook"])
    keep_three_pipes()
    report = lock_or_end(plan)
    send(json.dumps(report).encode() + b"\n")
    try:
        if plan["module"]:  # strength() only asks which locks hold
            run(plan["module"])
    except MemoryError:
        fail(OUT_OF_MEMORY, "out of memory")
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    start()
