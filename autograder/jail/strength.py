"""Find which locks of the jail hold on this machine, by trying them.

    strength().name         # "landlock7+seccomp+rlimits", as the verdict shows it
    require("landlock4")    # JailError where the jail is weaker

The kernel's version, or a file in /sys, says only what could hold: a container may still forbid it.
So a child locks itself here exactly as one with a submission would, and reports.
"""

import functools
import json
import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.jail import cell, lockdown


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
    # By first letter: landlock, seccomp, rlimits. Landlock's version is a part of its name.
    strongest_first = sorted(holding, key=lambda lock: "lsr".index(lock[0]))
    return "+".join(strongest_first) or "none"


ADVICE = {
    "landlock": "use Linux 5.13 or newer, with landlock in the kernel's lsm= list",
    "seccomp": "use Linux on x86-64 or ARM64, in a container that allows seccomp",
    "rlimits": "use Linux; on Windows that is WSL2",
}


@functools.cache
def strength() -> Strength:
    """Find which locks hold here, with a child that locks itself and does nothing else."""
    # Once a process: the answer cannot change while it runs, and a child takes a tenth of a second.
    process = subprocess.run(
        cell.command("", cell.Limits(), locks=()),
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
    report: lockdown.Report = json.loads(process.stdout)
    missing = [f"{lock} ({why}): {ADVICE[lock]}" for lock, why in report["missing"].items()]
    return Strength(tuple(report["holding"]), tuple(missing))


def require(minimum: str | None = None) -> Strength:
    """Return this machine's strength; raise JailError where it is less than `minimum`.

    A minimum is written like a name: "landlock4+seccomp+rlimits", where 4 means 4 or higher. Where
    none is given, AUTOGRADE_JAIL says; where that says nothing either, any jail will do.
    """
    if minimum is None:
        minimum = os.environ.get("AUTOGRADE_JAIL") or "none"
    here = strength()
    wanted, found = _parse(minimum), _parse(here.name)
    # A lock that does not hold counts as -1, below every version; one without versions as 0.
    if any(found.get(lock, -1) < number for lock, number in wanted.items()):
        fixes = "; ".join(here.missing) or "a newer kernel has a newer Landlock"
        raise cell.JailError(f"the jail here is {here.name}, and {minimum} is required: {fixes}")
    return here


def _parse(name: str) -> dict[str, int]:
    """Read a jail's name as the version of each lock; one without a version is 0."""
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
