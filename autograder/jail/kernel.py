"""Make the system calls that Python's `os` does not offer, with ctypes and nothing else.

The child locks itself with these (lockdown.py). They are thin on purpose: no package to install,
and what is written here can be looked up one to one in the kernel's manual pages.
"""

import contextlib
import ctypes
import functools
import os

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4

CAPABILITY_VERSION_3 = 0x20080522  # of capset's structures: 64 capabilities in two words


@functools.cache
def _libc() -> ctypes.CDLL:
    """Load the C library, in which `syscall` returns a long, not ctypes' default int."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    return libc


def _checked(result: int, what: str) -> int:
    if result == -1:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")
    return result


def syscall(number: int, *arguments: int | ctypes.Array[ctypes.c_char]) -> int:
    """Make one system call; raise OSError where the kernel answers with an error."""
    # ctypes passes a plain int as a C int: 32 bits, and the upper half of the register undefined.
    wide = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return _checked(int(_libc().syscall(ctypes.c_long(number), *wide)), f"system call {number}")


def prctl(option: int, *arguments: int) -> int:
    """Set or read one attribute of this process; missing arguments are zero."""
    # Some options refuse a call whose unused arguments are not zero.
    wide = [ctypes.c_ulong(a) for a in (*arguments, 0, 0, 0, 0)[:4]]
    return _checked(int(_libc().prctl(ctypes.c_int(option), *wide)), f"prctl {option}")


def drop_capabilities() -> None:
    """Give up every privilege of root for good. An ordinary user has none, and loses nothing.

    Root still owns root's files; those are left to Landlock.
    """
    # The bounding set first: lowering it needs a capability that the last call gives up.
    for capability in range(64):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:
            break  # beyond this kernel's last capability, or not ours to lower (then it is empty)
    with contextlib.suppress(OSError):  # before Linux 4.3 there are none
        prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    header = ctypes.create_string_buffer(CAPABILITY_VERSION_3.to_bytes(4, "little") + bytes(4), 8)
    # All zero: no capability effective, permitted or inheritable (three sets of two words).
    nothing = ctypes.create_string_buffer(24)
    _checked(int(_libc().capset(header, nothing)), "capset")
