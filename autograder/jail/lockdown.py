"""Lock this process, then import one module and run its `main`: the child's half of the jail.

parent.py starts this file as a script, with a Plan as its one argument. The order is:

    close inherited files ─▶ harden ─▶ rlimits ─▶ Landlock ─▶ seccomp
        ─▶ report the locks ─▶ import the module, let it `prepare` ─▶ "ready"
        ─▶ read the request ─▶ run `main`

Landlock and seccomp bind the thread that asks for them and the threads it starts later, not those
that already run. So nothing heavy (torch may start threads) and nothing of the student's is loaded
before the last lock holds. The few imports needed earlier are made inside the functions that use
them.

This is a script, and not a `preexec_fn` of the parent's Popen: such a function runs between fork
and exec, where Python code may deadlock if the parent has threads.

The result pipe carries three things in turn: one line of JSON that says which locks hold (a
Report), the line "ready" once the module is imported, and what its `main` returned.
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
from typing import NoReturn, TypedDict

RESULT = 3  # the result pipe's file descriptor
NOT_LOCKED, OUT_OF_MEMORY, UNFINISHED = 70, 71, 72  # exit codes


class Plan(TypedDict):
    """What the parent decided for this child (cell.py); it travels as JSON."""

    module: str  # whose `main` answers the request; "" to report the locks and end
    modules: dict[str, str]  # top-level name: file, for every package of ours it may import
    path: list[str]  # folders of installed packages, for sys.path
    readable: list[str]  # what may be read; everything else stays closed
    own: list[str]  # folders that may also be written in
    rlimits: dict[str, int]
    locks: list[str]  # these must hold, or the child ends
    parent: int  # the parent's process id
    notebook: list[str] | None  # the arguments of a Jupyter kernel, where it is to be one


class Report(TypedDict):
    """Which locks hold, and why the others do not."""

    holding: list[str]
    missing: dict[str, str]


class PackageFinder:
    """Find our packages by their exact files.

    With their parent folder on sys.path, Python would have to list that folder, which may also
    hold solutions or somebody's home. This way it can stay closed.
    """

    def __init__(self, files: dict[str, str]) -> None:
        self.files = files

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Answer for the modules in `files`; Python finds all others in its usual way."""
        return spec_from_file_location(name, self.files[name]) if name in self.files else None


def keep_three_pipes() -> None:
    """Keep stdin, the result pipe and the output pipe; close every other inherited file."""
    # Landlock asks when a file is opened. One that is already open would stay usable.
    os.dup2(1, RESULT, inheritable=False)
    os.dup2(2, 1)  # what the student prints goes to stderr, and not into the result by accident
    os.closerange(RESULT + 1, 1 << 16)


def harden(plan: Plan) -> None:
    """Tie this process to its parent and give up the privileges it could have inherited."""
    from autograder.jail import kernel

    # First, so that the child never outlives a parent that is killed while it locks itself.
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    # A parent that had ended before this call will send no signal. Its child has a new parent.
    if os.getppid() != plan["parent"]:
        raise OSError(errno.ESRCH, "the parent ended before its death could be watched")
    # Where the machine runs out of memory, the kernel is to end this process first. Written before
    # PR_SET_DUMPABLE, after which /proc/self belongs to root. (pathlib is a slow import.)
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:  # noqa: PTH123
        score.write("1000")
    # No core file, and no other process of this user may read or write this one's memory.
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    # No set-user-id program raises privileges again. Landlock and seccomp require this of every
    # process without root's rights, and those rights are dropped on the next lines.
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    # Root could raise its resource limits again, among much else.
    kernel.drop_capabilities()
    # Last, so that nothing above can have started one.
    if len(os.listdir("/proc/self/task")) != 1:  # noqa: PTH208  pathlib is a slow import
        raise OSError(errno.EBUSY, "a second thread runs already, which Landlock would not bind")


def limit_resources(plan: Plan) -> str:
    """Put the resource limits in force; none of them can be raised again."""
    import resource

    for name, ceiling in plan["rlimits"].items():
        number = getattr(resource, name, None)
        if number is None:
            continue  # not every system has every limit
        # A lower limit may have been inherited, which only root could raise.
        hard = resource.getrlimit(number)[1]
        soft = ceiling if hard == resource.RLIM_INFINITY else min(ceiling, hard)
        # At the soft limit the kernel sends SIGXCPU, which names the reason; at the hard limit,
        # one second later, it sends SIGKILL, which nothing can ignore.
        hard = soft + 1 if name == "RLIMIT_CPU" and soft != hard else soft
        resource.setrlimit(number, (soft, hard))
    return "rlimits"


def restrict_files(plan: Plan) -> str:
    """Put Landlock in force, and check that it holds."""
    from autograder.jail import landlock

    version = landlock.restrict(plan["readable"], plan["own"])
    _must_fail(lambda: os.listdir("/"), "Landlock")  # noqa: PTH208  pathlib is a slow import
    return f"landlock{version}"


def restrict_calls(plan: Plan) -> str:
    """Put seccomp in force, and check that it holds."""
    from autograder.jail import seccomp

    if plan["notebook"] is None:
        seccomp.install()
    else:
        from autograder.jail import notebook

        seccomp.install(notebook.CALLS)
    _must_fail(lambda: os.kill(os.getpid(), 0), "seccomp")
    return "seccomp"


def _must_fail(attempt: Callable[[], object], lock: str) -> None:
    # A container may answer these calls with success and do nothing, so only trying is proof.
    try:
        attempt()
    except PermissionError:
        return
    raise OSError(errno.EPERM, f"{lock} was accepted but does not hold")


# In this order: seccomp is last, since it denies the calls with which the other two are made.
LOCKS = {"rlimits": limit_resources, "landlock": restrict_files, "seccomp": restrict_calls}


def lock(plan: Plan) -> Report:
    """Put every lock in force that this machine has; report which hold."""
    report: Report = {"holding": [], "missing": {}}
    if sys.platform == "linux":
        harden(plan)
    for name, put_in_force in LOCKS.items():
        if name != "rlimits" and sys.platform != "linux":
            # On other systems the same numbers mean other calls, so do not even try.
            report["missing"][name] = f"not on {sys.platform}"
            continue
        try:
            report["holding"].append(put_in_force(plan))
        except (OSError, ImportError, ValueError) as error:
            report["missing"][name] = str(error)
    return report


def lock_or_end(plan: Plan) -> Report:
    """Lock this process, or end it where a lock that must hold does not."""
    # Our packages must be found first, for the locks themselves are imported from them.
    sys.meta_path.insert(0, PackageFinder(plan["modules"]))
    sys.path += plan["path"]
    try:
        report = lock(plan)
    except OSError as error:
        fail(NOT_LOCKED, f"the jail could not be locked: {error}")
    if not set(plan["locks"]) <= set(report["holding"]):
        fail(NOT_LOCKED, f"the jail could not be locked: {report['missing']}")
    return report


def fail(code: int, why: str) -> NoReturn:
    """Say why and end at once, without running anybody's exit handlers."""
    os.write(2, why.encode() + b"\n")
    os._exit(code)


def send(data: bytes) -> None:
    """Write all of it to the result pipe."""
    view = memoryview(data)
    while view:
        view = view[os.write(RESULT, view) :]  # a pipe may take less than it is given


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

    # torch._dynamo asks for a temporary folder when it is imported. tempfile would search for one
    # by writing to it, find none, and raise.
    tempfile.tempdir = "/nonexistent"
    loaded = importlib.import_module(module)
    main = loaded.main
    if hasattr(loaded, "prepare"):
        loaded.prepare()  # whatever can be done before there is a request
    # The student's source comes with the request. So what failed before this line is our fault.
    send(b"ready\n")
    answer: bytes = main(receive())
    sys.stdout.flush()
    sys.stderr.flush()
    send(answer)


def start() -> NoReturn:
    """Lock, report, run; end without anybody's exit handlers or finalizers."""
    plan: Plan = json.loads(sys.argv[1])
    del sys.argv[1:]  # the student's code has no business with it, nor an argparse of theirs
    if plan["notebook"] is not None:
        os.closerange(3, 1 << 16)  # a kernel answers on sockets that it makes itself
        lock_or_end(plan)
        from autograder.jail import notebook

        notebook.serve(plan["notebook"])
    keep_three_pipes()
    # The report goes out before any code that could forge it is there.
    send(json.dumps(lock_or_end(plan)).encode() + b"\n")
    try:
        if plan["module"]:
            run(plan["module"])
    except MemoryError:
        fail(OUT_OF_MEMORY, "out of memory")
    except BaseException:  # SystemExit too: a student's sys.exit() is not an answer
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    start()
