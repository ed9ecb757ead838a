"""Seccomp: after `install`, this process can make only the system calls that computing needs.

The filter is a short program that the kernel runs before every system call (classic BPF, which was
made for network packets). It sees the call's number and its arguments, but not the memory that an
argument points to. It is an allow-list: a call that is not listed fails with EPERM, an ordinary
PermissionError to honest code. A call newer than Linux 5.0 fails with ENOSYS, as on an old kernel,
so that the C library falls back to an older call that is listed. (clone3 is one: its flags lie
behind a pointer, those of clone do not.) Once in force the filter cannot be removed, and new
threads inherit it.

Kernel documentation: https://docs.kernel.org/userspace-api/seccomp_filter.html
"""

import ctypes
import errno
import os
import struct
from dataclasses import dataclass, field

from autograder.jail import kernel

# How to read the tables: each call has three words, its name, its number on x86-64 and its number
# on aarch64, or "-" where that processor has no such call. "read 0 63" is call 0 on x86-64, and
# call 63 on aarch64.
# Allowed with any arguments: reading files that are open, looking at names and sizes, memory,
# threads of this process, time, and handling its own signals.
ALLOWED = """
read 0 63             write 1 64            close 3 57            lseek 8 62
pread64 17 67         readv 19 65           writev 20 66          getdents64 217 61
stat 4 -              fstat 5 80            lstat 6 -             newfstatat 262 79
statx 332 291         access 21 -           faccessat 269 48      readlink 89 -
readlinkat 267 78     getcwd 79 17          dup 32 23             dup2 33 -
dup3 292 24           poll 7 -              ppoll 271 73          select 23 -
pselect6 270 72       fstatfs 138 44
mmap 9 222            mprotect 10 226       munmap 11 215         mremap 25 216
brk 12 214            madvise 28 233
futex 202 98          set_robust_list 273 99                      rseq 334 293
set_tid_address 218 96                      sched_yield 24 124    gettid 186 178
sched_getaffinity 204 123                   sched_getparam 143 121
sched_getscheduler 145 120                  sched_get_priority_max 146 125
sched_get_priority_min 147 126              getcpu 309 168        restart_syscall 219 128
rt_sigaction 13 134   rt_sigprocmask 14 135 rt_sigreturn 15 139   sigaltstack 131 132
exit 60 93            exit_group 231 94
clock_gettime 228 113 clock_getres 229 114  clock_nanosleep 230 115
nanosleep 35 101      gettimeofday 96 169   time 201 -            times 100 153
getpid 39 172         getppid 110 173       getuid 102 174        geteuid 107 175
getgid 104 176        getegid 108 177       uname 63 160          sysinfo 99 179
getrusage 98 165      getrlimit 97 163      getrandom 318 278     setitimer 38 103
"""
# Allowed with some arguments only; `_rules` says which and why.
GUARDED = """
open 2 -              openat 257 56         clone 56 220          tgkill 234 131
prlimit64 302 261     prctl 157 167         ioctl 16 29           fcntl 72 25
sched_setaffinity 203 122                   arch_prctl 158 -
"""
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # AUDIT_ARCH_*
SECCOMP = {"x86_64": 317, "aarch64": 277}  # the number of the call `seccomp` itself
SET_MODE_FILTER = 1

# Calls from here on were added by Linux 5.1 and later, with one number on every processor.
NEWER = 424
X32_BIT = 0x40000000  # a second set of numbers for the same calls, on x86-64 only

# What the filter can return; a number of errno in the lower half where the call fails.
ALLOW = 0x7FFF0000
KILL = 0x80000000  # the whole process, with SIGSYS
DENY = 0x00050000 | errno.EPERM
UNKNOWN = 0x00050000 | errno.ENOSYS

# The machine that runs the filter has one register of 32 bits. LOAD fills it from the description
# of the call. A comparison compares it with the constant, and then skips as many instructions as
# its first jump says if that is true, or as its second says if not. RETURN ends with the constant.
Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, constant
Rules = dict[str, list[Instruction]]
LOAD, RETURN = 0x20, 0x06
EQUAL, AT_LEAST, ANY_BIT = 0x15, 0x35, 0x45
# Where LOAD finds what, in bytes (struct seccomp_data): six arguments of 64 bits, lower half first.
CALL, ARCHITECTURE, ARGUMENTS = 0, 4, 16

# clone: what pthread_create passes (glibc; musl adds 0x400000), CLONE_THREAD among it.
THREAD_FLAGS, CLONE_THREAD = 0x7D0F00, 0x10000
# open: O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_TMPFILE's own bit.
WRITING = 0o1 | 0o2 | 0o100 | 0o1000 | 0o20000000


@dataclass(frozen=True)
class More:
    """The calls that one kind of child may make beyond computing; tables and rules as above."""

    allowed: str = ""
    guarded: str = ""
    rules: Rules = field(default_factory=dict)


NOTHING_MORE = More()


def numbers(table: str, machine: str) -> dict[str, int]:
    """Read a table above for one processor."""
    words = table.split()
    column = 1 + list(ARCHITECTURES).index(machine)
    rows = [words[i : i + 3] for i in range(0, len(words), 3)]
    return {row[0]: int(row[column]) for row in rows if row[column] != "-"}


def _low(argument: int) -> Instruction:
    """Load an argument's lower half: all that the kernel uses where its type is int."""
    return LOAD, 0, 0, ARGUMENTS + 8 * argument


# A rule is a list of instructions about one argument. Where the argument is fine, the machine goes
# on to whatever comes next, so rules can be joined with +; where it is not, the rule returns DENY.
def one_of(argument: int, *values: int) -> list[Instruction]:
    """Return a rule: the argument must be one of these values."""
    last = len(values)
    # Each match skips the comparisons that are left, and the RETURN.
    compare = [(EQUAL, last - i, 0, value) for i, value in enumerate(values)]
    return [_low(argument), *compare, (RETURN, 0, 0, DENY)]


def _no_bit_of(argument: int, bits: int) -> list[Instruction]:
    """Return a rule: the argument has none of these bits."""
    return [_low(argument), (ANY_BIT, 0, 1, bits & 0xFFFFFFFF), (RETURN, 0, 0, DENY)]


def _a_bit_of(argument: int, bits: int) -> list[Instruction]:
    """Return a rule: the argument has at least one of these bits."""
    return [_low(argument), (ANY_BIT, 1, 0, bits), (RETURN, 0, 0, DENY)]


def _null(argument: int) -> list[Instruction]:
    """Return a rule: the argument is a null pointer, in both halves."""
    high = (LOAD, 0, 0, ARGUMENTS + 8 * argument + 4)
    is_zero: list[Instruction] = [(EQUAL, 1, 0, 0), (RETURN, 0, 0, DENY)]
    return [_low(argument), *is_zero, high, *is_zero]


def _rules(process: int) -> Rules:
    """Return what the guarded calls may be given, in the process with this id."""
    return {
        # Reading only. Landlock says which files; this holds where Landlock is missing.
        "open": _no_bit_of(1, WRITING),
        "openat": _no_bit_of(2, WRITING),
        # New threads of this process; no new processes, no namespaces.
        "clone": _no_bit_of(0, ~THREAD_FLAGS) + _a_bit_of(0, CLONE_THREAD),
        # abort() and raise() signal their own process with it; no other may be signalled.
        "tgkill": one_of(0, process),
        # Read its own limits; set none (the new value is a null pointer), read nobody else's.
        "prlimit64": one_of(0, 0, process) + _null(2),
        "prctl": one_of(0, 15, 16),  # set and get a thread's name
        # TCGETS, TIOCGWINSZ, FIONCLEX, FIOCLEX: what isatty() and open() call. Not TIOCSTI, which
        # types into a terminal.
        "ioctl": one_of(1, 0x5401, 0x5413, 0x5450, 0x5451),
        # F_DUPFD, flags, F_DUPFD_CLOEXEC. Not F_SETOWN and F_SETSIG, which have the kernel send a
        # signal of choice to any process.
        "fcntl": one_of(1, 0, 1, 2, 3, 4, 1030),
        "sched_setaffinity": one_of(0, 0),  # OpenMP pins its own threads
        # Ask for the AMX matrix registers, with which oneDNN multiplies bfloat16.
        "arch_prctl": one_of(0, 0x1021, 0x1022, 0x1023),
    }


def program(machine: str, process: int, more: More = NOTHING_MORE) -> list[Instruction]:
    """Write the filter for one processor and one process id."""
    code: list[Instruction] = [
        (LOAD, 0, 0, ARCHITECTURE),
        # A 64-bit process can run 32-bit code, whose calls have other numbers than our tables.
        (EQUAL, 1, 0, ARCHITECTURES[machine]),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, CALL),
    ]
    if machine == "x86_64":
        code += [(AT_LEAST, 0, 1, X32_BIT), (RETURN, 0, 0, KILL)]
    for number in numbers(ALLOWED + more.allowed, machine).values():
        code += [(EQUAL, 0, 1, number), (RETURN, 0, 0, ALLOW)]
    rules = _rules(process) | more.rules
    for name, number in numbers(GUARDED + more.guarded, machine).items():
        guard = [*rules[name], (RETURN, 0, 0, ALLOW)]
        # A guard overwrites the register, which held the call's number. That does no harm: each way
        # through it ends in ALLOW or DENY, and every other call skips it as a whole.
        code += [(EQUAL, 0, len(guard), number), *guard]
    return [*code, (AT_LEAST, 0, 1, NEWER), (RETURN, 0, 0, UNKNOWN), (RETURN, 0, 0, DENY)]


def install(more: More = NOTHING_MORE) -> None:
    """Put the filter in force, for good; OSError where this machine cannot.

    Needs PR_SET_NO_NEW_PRIVS. Binds the calling thread and those it starts afterwards.
    """
    machine = os.uname().machine
    if machine not in ARCHITECTURES:
        raise OSError(errno.ENOSYS, f"no table of system calls for {machine}")
    code = program(machine, os.getpid(), more)
    packed = b"".join(struct.pack("<HBBI", *instruction) for instruction in code)
    instructions = ctypes.create_string_buffer(packed, len(packed))
    header = struct.pack("<HxxxxxxQ", len(code), ctypes.addressof(instructions))
    kernel.syscall(SECCOMP[machine], SET_MODE_FILTER, 0, ctypes.create_string_buffer(header, 16))
