"""A Jupyter kernel in the jail: the system calls it may make beyond those for computing; its start.

Jupyter talks to a notebook's kernel over sockets, and a lesson writes files. So two groups of calls
are added. Unix sockets of its own, to which others connect: it cannot connect to any itself, and
can open no socket of another family. And writing files, which Landlock confines to one folder of
its own.
"""

import sys
from typing import NoReturn

from autograder.jail.seccomp import More, one_of

AF_UNIX = 1
# SOCK_STREAM, with and without SOCK_CLOEXEC and SOCK_NONBLOCK. Not datagrams: those can be sent to
# another program's socket without connecting to it.
STREAM = [1 | flags for flags in (0, 0x800, 0x80000, 0x80800)]
UNIX_STREAM = one_of(0, AF_UNIX) + one_of(1, *STREAM)

# Three words a call, as in seccomp.py: its name, its number on x86-64, its number on aarch64.
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
        # As for any child, and FIONBIO (0x5421), with which Python makes a socket non-blocking.
        "ioctl": one_of(1, 0x5401, 0x5413, 0x5450, 0x5451, 0x5421),
        # ZeroMQ's threads ask for the ordinary policy, SCHED_OTHER.
        "sched_setscheduler": one_of(1, 0),
    },
)


def serve(arguments: list[str]) -> NoReturn:
    """Run the kernel, with ipykernel's own arguments, until it is told to stop."""
    from ipykernel import iostream, kernelapp

    class OnlyThisProcess(iostream.IOPubThread):
        """Send what this process prints; open no port for the output of forked processes.

        Nothing can fork here, and that port would be a TCP socket, which the jail denies.
        """

        def __init__(self, *arguments: object, **options: object) -> None:
            super().__init__(*arguments, **{**options, "pipe": False})  # type: ignore[no-untyped-call]

    kernelapp.IOPubThread = OnlyThisProcess  # type: ignore[attr-defined]
    kernelapp.IPKernelApp.launch_instance(argv=arguments)
    sys.exit(0)
