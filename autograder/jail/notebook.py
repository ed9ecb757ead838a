"""A Jupyter kernel in the jail: what it may call beyond computing, and its start.

A notebook's kernel is asked over sockets and may write files. So these calls are added: Unix
sockets that others connect to (it can connect to nothing itself, and no other family exists for
it), and files, which Landlock confines to one folder of its own.
"""

import sys
from typing import Any, NoReturn

from autograder.jail.seccomp import More, one_of

AF_UNIX = 1
# SOCK_STREAM, with and without SOCK_CLOEXEC and SOCK_NONBLOCK. Not datagrams, which reach a
# stranger's socket without connecting.
STREAM = [1 | flags for flags in (0, 0x800, 0x80000, 0x80800)]
UNIX_STREAM = one_of(0, AF_UNIX) + one_of(1, *STREAM)

# As in seccomp.py: the call's number on x86-64 and on aarch64.
CALLS = More(
    allowed="""
bind 49 200           listen 50 201         accept 43 202         accept4 288 242
getsockname 51 204    getpeername 52 205    setsockopt 54 208     getsockopt 55 209
sendto 44 206         recvfrom 45 207       sendmsg 46 211        recvmsg 47 212
shutdown 48 210       eventfd2 290 19       pipe 22 -             pipe2 293 59
epoll_create 213 -    epoll_create1 291 20  epoll_ctl 233 21      epoll_wait 232 -
epoll_pwait 281 22    getpgid 121 155       getpgrp 111 -
open 2 -              openat 257 56         pwrite64 18 68        ftruncate 77 46
mkdir 83 -            mkdirat 258 34        rmdir 84 -            unlink 87 -
unlinkat 263 35       rename 82 -           renameat 264 38       renameat2 316 276
fsync 74 82           fdatasync 75 83       umask 95 166
""",
    guarded="""
socket 41 198         socketpair 53 199     sched_setscheduler 144 119
""",
    rules={
        "socket": UNIX_STREAM,
        "socketpair": UNIX_STREAM,
        "ioctl": one_of(1, 0x5401, 0x5413, 0x5450, 0x5451, 0x5421),  # and: do not block
        "sched_setscheduler": one_of(1, 0),  # ZeroMQ asks for the ordinary policy, SCHED_OTHER
    },
)


def serve(arguments: list[str]) -> NoReturn:
    """Be the kernel, with ipykernel's own arguments, until told to stop."""
    from ipykernel import iostream, kernelapp

    class OnlyThisProcess(iostream.IOPubThread):
        """What is printed, without the port on which forked processes would send theirs."""

        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **{**options, "pipe": False})  # type: ignore[no-untyped-call]

    kernelapp.IOPubThread = OnlyThisProcess  # type: ignore[attr-defined]
    kernelapp.IPKernelApp.launch_instance(argv=arguments)
    sys.exit(0)
