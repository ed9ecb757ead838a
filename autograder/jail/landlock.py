"""Landlock: after `restrict`, this thread and its children read the given paths and no others.

Landlock is the kernel's sandbox for ordinary processes (Linux 5.13 and later): no root, no setup.
A ruleset names the rights it handles. A handled right is denied everywhere, except beneath the
paths for which a rule allows it. Once in force, a ruleset cannot be widened. Its version is called
the ABI, and each ABI can deny more than the one before. Changing modes and owners, and sockets in
general, no ABI covers: seccomp.py denies those. Nothing denies stat, which shows names and sizes.

Kernel documentation: https://docs.kernel.org/userspace-api/landlock.html
"""

import ctypes
import os
import struct
from collections.abc import Iterable

from autograder.jail import kernel

# The same numbers on every processor that has a table in seccomp.py.
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
ASK_VERSION = 1  # a flag of CREATE_RULESET
RULE_PATH_BENEATH = 1

READ_FILE = 1 << 2
READ_DIR = 1 << 3
# In a folder of its own, the kernel of a notebook may write, read, list, remove, and make folders,
# files and sockets, but not execute.
OWN = (1 << 1) | READ_FILE | READ_DIR | (1 << 4) | (1 << 5) | (1 << 7) | (1 << 8) | (1 << 9)
TRUNCATE = 1 << 14
# The rights that can be denied, by the ABI that added them. We deny all that this kernel knows; it
# answers EINVAL to a right that it does not know.
FILE_RIGHTS = {
    1: (1 << 13) - 1,  # execute, write, read, list, remove, and make anything
    2: 1 << 13,  # link or rename across folders
    3: 1 << 14,  # truncate
    5: 1 << 15,  # ioctl on devices
}
NETWORK_RIGHTS = {4: 0b11}  # TCP bind and connect
SCOPES = {6: 0b11}  # abstract Unix sockets of, and signals to, processes outside
# From this ABI on, each denial is written to the machine's audit log unless a flag says no. A
# hostile loop would flood that log.
QUIET_FROM, QUIET = 7, 1


def abi() -> int:
    """Ask the kernel for its ABI of Landlock; OSError where it has no Landlock."""
    return kernel.syscall(CREATE_RULESET, 0, 0, ASK_VERSION)


def _known(rights: dict[int, int], version: int) -> int:
    return sum(bits for since, bits in rights.items() if since <= version)


def restrict(readable: Iterable[str], own: Iterable[str] = ()) -> int:
    """Allow reading at and beneath `readable`, writing in `own`, and nothing else; return the ABI.

    A path that does not exist is left out, which only makes the jail tighter. Needs
    PR_SET_NO_NEW_PRIVS. Binds the calling thread: call it while there is only one.
    """
    version = abi()
    ruleset = ctypes.create_string_buffer(
        struct.pack(
            "<QQQ",
            _known(FILE_RIGHTS, version),
            _known(NETWORK_RIGHTS, version),
            _known(SCOPES, version),
        ),
        24,  # an older kernel accepts the longer structure where the rest is zero
    )
    ruleset_fd = kernel.syscall(CREATE_RULESET, ruleset, 24, 0)
    try:
        for path in readable:
            _allow(ruleset_fd, path, READ_FILE | READ_DIR)
        for path in own:
            # A rule may only allow a right that the ruleset handles.
            _allow(ruleset_fd, path, OWN | _known({3: TRUNCATE}, version))
        kernel.syscall(RESTRICT_SELF, ruleset_fd, QUIET if version >= QUIET_FROM else 0)
    finally:
        os.close(ruleset_fd)
    return version


def _allow(ruleset_fd: int, path: str, rights: int) -> None:
    try:
        # O_PATH names a place without opening it, so no right to read it is needed.
        path_fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        # No right to execute: loading a library maps it, and only execve asks for that right. Of a
        # file, the kernel refuses rights that only folders have.
        allowed = rights if _is_folder(path_fd) else READ_FILE
        rule = ctypes.create_string_buffer(struct.pack("<Qi", allowed, path_fd), 12)
        kernel.syscall(ADD_RULE, ruleset_fd, RULE_PATH_BENEATH, rule, 0)
    finally:
        os.close(path_fd)


def _is_folder(path_fd: int) -> bool:
    return os.fstat(path_fd).st_mode & 0o170000 == 0o040000
