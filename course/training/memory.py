"""Keep freed memory for the next step instead of giving it back to the system.

A training step frees its activations and the next step asks for as much again. Linux's C library
gives large pieces back each time, and the system fills every page of the new ones with zeros: on
a small network that costs a third of the step, on two threads half of it.
"""

import ctypes
import sys

# glibc's numbers for the options of mallopt (malloc.h), and the largest values that it accepts.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
_LARGEST_TRIM, _LARGEST_MMAP = 2**31 - 1, 32 * 2**20
_STEP = 64 * 2**20  # bytes by which the memory grows at a time


def keep_freed_memory() -> bool:
    """Ask the C library to keep what is freed; return whether it is one that can."""
    if sys.platform != "linux":
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    options = {_MMAP_THRESHOLD: _LARGEST_MMAP, _TRIM_THRESHOLD: _LARGEST_TRIM, _TOP_PAD: _STEP}
    return mallopt is not None and all(mallopt(*option) == 1 for option in options.items())
