"""What a jailed child is given: its limits, its environment, what it may read, its command line.

    subprocess.Popen(command("autograder.capture.entry", Limits(), locks), env=environment())

The parent decides all of this. A child gets nothing of the parent's environment but the folders of
shared libraries, and may read the interpreter, the installed packages, the system's libraries and
our two packages.
"""

import importlib.util
import json
import os
import site
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.jail import lockdown
from course.errors import MachineError

# The child's environment. The parent's may hold keys and passwords.
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
# System files that the interpreter, the C library and torch open. /proc only by its one file: the
# rest of it shows other processes.
SYSTEM = ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache"]
SYSTEM += ["/proc/cpuinfo", "/sys/devices/system/cpu", "/dev/null", "/dev/urandom"]
MOST_WRITTEN = 64 << 20  # bytes of one file that a notebook writes


class JailError(MachineError):
    """The jail that was asked for cannot run on this machine: the reason, and what to do."""


@dataclass(frozen=True)
class Limits:
    """How much a child may use before it is killed."""

    seconds: float = 60  # of real time that is its own: patience.py
    cpu_seconds: int = 120  # of processor time, all its threads together, from its start
    memory_bytes: int = 8 << 30  # of addresses: importing the CUDA build of torch maps 3.2 GB
    result_bytes: int = 256 << 20
    stderr_bytes: int = 64 << 10  # printed text that is kept; more is read and thrown away
    threads: int = 256
    files: int = 256

    def rlimits(self) -> dict[str, int]:
        """Return these as resource limits, and zero for what a child needs none of."""
        return {
            "RLIMIT_AS": self.memory_bytes,
            "RLIMIT_CPU": self.cpu_seconds,
            "RLIMIT_NOFILE": self.files,
            "RLIMIT_STACK": 8 << 20,  # each thread maps this much, which counts as memory
            "RLIMIT_FSIZE": 0,  # no file grows
            "RLIMIT_CORE": 0,  # a crash writes no memory image
            "RLIMIT_MEMLOCK": 0,
            "RLIMIT_MSGQUEUE": 0,
        }


def _packages() -> list[str]:
    """Find the folders of installed packages: the parent's, but never a folder of any other kind.

    The parent's sys.path also holds its working folder, where solutions and homes may lie.
    """
    kinds = ("site-packages", "dist-packages")
    found = [folder for folder in sys.path if Path(folder).name in kinds]
    return list(dict.fromkeys([*found, *site.getsitepackages()]))


def _library_path() -> list[str]:
    """Return the folders of shared libraries without which a cluster's Python may not start."""
    folders = os.environ.get("LD_LIBRARY_PATH", "").split(":")
    return [folder for folder in folders if folder.startswith("/")]


def environment() -> dict[str, str]:
    """Return the child's whole environment."""
    libraries = ":".join(_library_path())
    return ENVIRONMENT | ({"LD_LIBRARY_PATH": libraries} if libraries else {})


def _modules(module: str) -> dict[str, str]:
    """Find the file of each top-level package or module of ours that the child may import."""
    ours = Path(__file__).resolve().parents[2]  # the folder that holds autograder/ and course/
    places = {name: ours / name / "__init__.py" for name in ("autograder", "course")}
    top = module.partition(".")[0]
    if top and top not in places:
        spec = importlib.util.find_spec(top)
        if spec is None or spec.origin is None:
            raise JailError(f"cannot find the module {module}")
        places[top] = Path(spec.origin).resolve()
    return {name: str(place) for name, place in places.items()}


def command(module: str, limits: Limits, locks: Sequence[str]) -> list[str]:
    """Return the command that starts a child for this module, in which these locks must hold."""
    return _start(_plan(module, limits, locks))


def notebook_command(
    limits: Limits,
    locks: Sequence[str],
    readable: Sequence[str],
    own: str,
    arguments: Sequence[str],
) -> list[str]:
    """Return the command that starts a notebook's kernel, which may write in the folder `own`."""
    plan = _plan("", limits, locks)
    plan["rlimits"]["RLIMIT_FSIZE"] = MOST_WRITTEN
    plan["readable"] += readable
    plan["own"] = [own]
    plan["notebook"] = list(arguments)
    return _start(plan)


def _plan(module: str, limits: Limits, locks: Sequence[str]) -> lockdown.Plan:
    packages = _packages()
    python = [sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")]
    python += [f"{sys.base_prefix}/lib"]  # libpython and what it was linked with
    modules = _modules(module)
    # A package is its folder, a module its file; never the folder around them, which may hold
    # solutions, gradebooks or somebody's home.
    ours = [str(Path(f).parent) if Path(f).name == "__init__.py" else f for f in modules.values()]
    return {
        "module": module,
        "modules": modules,
        "path": packages,
        "readable": [*packages, *python, *SYSTEM, *_library_path(), *ours],
        "own": [],
        "rlimits": limits.rlimits(),
        "locks": list(locks),
        "parent": os.getpid(),
        "notebook": None,
    }


def _start(plan: lockdown.Plan) -> list[str]:
    # -P -s: nothing but the standard library on the path; -S: no code from site-packages at the
    # start, as .pth files would run; -B: nothing written. Not -I, which would also ignore
    # PYTHONHASHSEED; the rest of the environment is ours anyway.
    flags = ["-P", "-s", "-S", "-B"]
    return [sys.executable, *flags, str(Path(lockdown.__file__).resolve()), json.dumps(plan)]
