"""Who works at a row: a machine, a process, and when that process began.

    me = identity()              # "lab-3 4711 885332"
    is_dead(me)                  # whether that process, of this machine, has ended

A process that was killed says nothing, and its rows are its own until their leases run out. On
the same machine one can look instead. A later process may have the same number, but another start.
"""

import os
import platform

from autograder.children import PROC, stat_of

UNKNOWN = "?"  # where a system does not say when a process began


def identity() -> str:
    """Name this process, for good."""
    return f"{platform.node() or UNKNOWN} {os.getpid()} {began(os.getpid())}"


def is_dead(worker: str) -> bool:
    """Return whether a process of this machine has ended; False where nobody here can know."""
    machine, _, rest = worker.rpartition(" ")
    machine, _, number = machine.rpartition(" ")
    known = machine == platform.node() and number.isdigit() and rest != UNKNOWN
    return known and began(int(number)) != rest


def began(process: int) -> str:
    """Return when a process began, in ticks since the machine did; "" where there is none."""
    if not (PROC / "self" / "stat").exists():
        return UNKNOWN
    said = stat_of(process)
    return said[19] if said else ""
