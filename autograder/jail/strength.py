"""Which jail is in force on this machine, found by closing its locks and never by looking.

A kernel's version or a file in /sys says what could be; a container may still forbid it. The name
goes into the verdict, and a class server refuses to run with less than it was set to.
"""

import functools
import json
import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.jail import cell


@dataclass(frozen=True)
class Strength:
    """Which locks hold on this machine, and what would add those that do not."""

    holding: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def name(self) -> str:
        """Name it as the verdict does: "landlock7+seccomp+rlimits"."""
        return name_of(self.holding)


def name_of(holding: Sequence[str]) -> str:
    """Name a set of locks, the strongest first."""
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
        cell.command("", cell.Limits(), required=()),
        input=b"",
        capture_output=True,
        env=cell.environment(),
        cwd="/",
        start_new_session=True,
        timeout=60,
    )
    if process.returncode:
        raise cell.JailError(
            f"no jailed process starts here: {process.stderr.decode('utf-8', 'replace').strip()}"
        )
    report = json.loads(process.stdout)
    missing = [f"{lock} ({why}): {ADVICE[lock]}" for lock, why in report["missing"].items()]
    return Strength(tuple(report["holding"]), tuple(missing))


def require(minimum: str | None = None) -> Strength:
    """Refuse, with JailError, a machine whose jail is weaker than `minimum`.

    A minimum is written like a name, "landlock4+seccomp+rlimits"; without one, AUTOGRADE_JAIL
    says, and without that anything will do.
    """
    if minimum is None:
        minimum = os.environ.get("AUTOGRADE_JAIL") or "none"
    here = strength()
    wanted, found = _parse(minimum), _parse(here.name)
    if any(found.get(lock, -1) < number for lock, number in wanted.items()):
        fixes = "; ".join(here.missing) or "a newer kernel has a newer Landlock"
        raise cell.JailError(f"the jail here is {here.name}, and {minimum} is required: {fixes}")
    return here


def _parse(name: str) -> dict[str, int]:
    if name == "none":
        return {}
    words = [
        re.fullmatch(r"(landlock|seccomp|rlimits)(\d*)", w)
        for w in name.removesuffix(" only").split("+")
    ]
    if not all(words):
        raise cell.JailError(
            f"a jail is named like landlock4+seccomp+rlimits or none, not {name!r}"
        )
    return {word[1]: int(word[2] or 0) for word in words if word}
