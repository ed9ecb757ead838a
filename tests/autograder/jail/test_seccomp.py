"""The filter as a program, for both processors: run here as the kernel would run it."""

import re
from pathlib import Path

import pytest

from autograder.jail import seccomp


def decide(program: list[seccomp.Instruction], data: bytes) -> int:
    """Run the filter as the kernel would."""
    at, loaded = 0, 0
    while True:
        code, yes, no, constant = program[at]
        at += 1
        if code == seccomp.RETURN:
            return constant
        if code == seccomp.LOAD:
            loaded = int.from_bytes(data[constant : constant + 4], "little")
            continue
        holds = {
            seccomp.EQUAL: loaded == constant,
            seccomp.AT_LEAST: loaded >= constant,
            seccomp.ANY_BIT: bool(loaded & constant),
        }[code]
        at += yes if holds else no


def verdict(machine: str, number: int, *arguments: int, architecture: int | None = None) -> int:
    architecture = architecture or seccomp.ARCHITECTURES[machine]
    words = [a & (2**64 - 1) for a in (*arguments, 0, 0, 0, 0, 0, 0)[:6]]
    data = number.to_bytes(4, "little") + architecture.to_bytes(4, "little") + bytes(8)
    data += b"".join(word.to_bytes(8, "little") for word in words)
    return decide(seccomp.program(machine, 1234), data)


@pytest.mark.parametrize("machine", seccomp.ARCHITECTURES)
class TestFilter:
    def test_exactly_the_listed_calls_are_allowed(self, machine: str) -> None:
        plain = set(seccomp.numbers(seccomp.ALLOWED, machine).values())
        guarded = set(seccomp.numbers(seccomp.GUARDED, machine).values())
        assert not plain & guarded
        for number in range(1000):
            # An argument of nothing but ones passes no guard.
            found = verdict(machine, number, -1, -1, -1, -1)
            wanted = seccomp.DENY if number < seccomp.NEWER else seccomp.UNKNOWN
            assert found == (seccomp.ALLOW if number in plain else wanted), number

    def test_other_architectures_are_killed(self, machine: str) -> None:
        for other in (0x40000003, 0x40000028, 0xC00000F3):  # i386, arm, riscv64
            assert verdict(machine, 0, architecture=other) == seccomp.KILL

    @pytest.mark.parametrize(
        ("name", "arguments", "allowed"),
        [
            ("clone", (0x3D0F00,), True),
            ("clone", (0x7D0F00,), True),  # musl
            ("clone", (0x3D0F00 & ~0x10000,), False),  # no CLONE_THREAD
            ("clone", (0x3D0F00 | 0x10000000,), False),  # CLONE_NEWUSER
            ("clone", (0x3D0F00 | 17,), False),  # a signal at its end
            ("clone", (17,), False),
            ("tgkill", (1234, 1235, 6), True),
            ("tgkill", (1, 1, 9), False),
            ("tgkill", (-1, -1, 9), False),
            ("prlimit64", (0, 7, 0, 5), True),
            ("prlimit64", (1234, 7, 0, 5), True),
            ("prlimit64", (0, 7, 5, 0), False),
            ("prlimit64", (0, 7, 1 << 32, 0), False),
            ("prlimit64", (1, 7, 0, 5), False),
            ("prctl", (15, 5), True),
            ("prctl", (4, 1), False),
            ("ioctl", (0, 0x5401), True),
            ("ioctl", (0, 0x5412), False),
            ("fcntl", (1, 3), True),
            ("fcntl", (1, 8), False),
            ("openat", (-100, 5, 0o2000000), True),
            ("openat", (-100, 5, 0o1), False),
            ("openat", (-100, 5, 0o2), False),
            ("openat", (-100, 5, 0o100), False),
            ("openat", (-100, 5, 0o1000), False),
            ("openat", (-100, 5, 0o20200000), False),
            ("sched_setaffinity", (0,), True),
            ("sched_setaffinity", (1,), False),
        ],
    )
    def test_guards(
        self, machine: str, name: str, arguments: tuple[int, ...], allowed: bool
    ) -> None:
        number = seccomp.numbers(seccomp.GUARDED, machine)[name]
        wanted = seccomp.ALLOW if allowed else seccomp.DENY
        assert verdict(machine, number, *arguments) == wanted


@pytest.mark.parametrize(
    ("machine", "header", "pattern"),
    [
        ("x86_64", "/usr/include/x86_64-linux-gnu/asm/unistd_64.h", r"__NR_(\w+)\s+(\d+)"),
        ("aarch64", "/usr/include/asm-generic/unistd.h", r"__NR(?:3264)?_(\w+)\s+(\d+)"),
    ],
)
def test_numbers_are_the_kernels(machine: str, header: str, pattern: str) -> None:
    if not Path(header).is_file():
        pytest.skip("the kernel's headers are not installed")
    kernels = {name: int(n) for name, n in re.findall(pattern, Path(header).read_text())}
    kernels.setdefault("newfstatat", kernels.get("fstatat", -1))
    for table in (seccomp.ALLOWED, seccomp.GUARDED):
        for name, number in seccomp.numbers(table, machine).items():
            assert kernels[name] == number, name


def test_x32_calls_are_killed() -> None:
    assert verdict("x86_64", seccomp.X32_BIT) == seccomp.KILL
    assert verdict("x86_64", 0xFFFFFFFF) == seccomp.KILL
