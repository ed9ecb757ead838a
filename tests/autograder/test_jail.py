"""The jail holds: every hostile probe is denied in it, and the same probe works without it.

The probes are in jail_probes.py. The control matters as much as the denial: a probe that fails
everywhere would prove nothing. Run with: pytest tests/autograder/test_jail.py
"""

import ctypes
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jail_probes
import pytest

from autograder.jail import cell, seccomp
from autograder.jail import parent as jail
from autograder.jail import strength as strength_module
from autograder.jail.parent import Jailed, JailError, Limits, Outcome, require, strength

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="these are Linux's locks")

PROJECT = Path(jail.__file__).resolve().parents[1]
HERE = Path(__file__).parent
FULL = "landlock1+seccomp+rlimits"

# Landlock answers EACCES, seccomp EPERM, and ENOSYS for calls newer than Linux 5.0. A probe that
# is not named here must be answered with EPERM.
EACCES = {
    "read_passwd",
    "read_a_secret_at_home",
    "list_a_home",
    "list_the_root",
    "list_the_project",
    "read_a_file_beside_the_packages",
    "read_the_tests_beside_this_file",
    "read_through_an_o_path_descriptor",
    "read_through_own_root",
    "read_the_victims_environment",
    "read_the_victims_command",
    "open_the_victims_memory",
    "read_the_parents_environment",
    "open_the_parents_memory",
    "follow_the_victims_folder",
    "open_the_victims_pipes",
}
ENOSYS = {"io_uring", "raw_clone3", "pidfd_open", "pidfd_send_signal"}


@pytest.fixture(scope="module")
def full() -> None:
    """Skip where this machine has less than the whole jail; a strict grader refuses it."""
    strength()  # outside the try: a jail that does not start at all is a failure
    try:
        require(FULL)
    except JailError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Set up what the probes attack: a victim of the same user with a secret, and a home."""
    folder = tmp_path_factory.mktemp("home")
    for name in ("secret", "truncated", "unlinked", "renamed", "mode", "plain"):
        (folder / name).write_text("the marks")
    (folder / "plain").chmod(0o755)
    (folder / "mounted").mkdir()
    code = "import ctypes; b = ctypes.create_string_buffer(8); print(ctypes.addressof(b)); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"SECRET": "key"},
    ) as victim:
        assert victim.stdout
        yield {
            "victim": victim.pid,
            "address": int(victim.stdout.readline()),
            "folder": str(folder),
            "plain": str(folder / "plain"),
            "project": str(PROJECT),
            "control": False,
        }
        assert victim.poll() is None, "a probe killed the victim"
        victim.kill()


@pytest.fixture(scope="module")
def jailed(full: None, told: dict[str, Any]) -> dict[str, Any]:
    """Run every probe in one jail, in its first thread and then in a second."""
    with Jailed("jail_probes", Limits(seconds=30), minimum=FULL) as child:
        child.send(json.dumps(told | {"names": list(jail_probes.PROBES), "thread": True}).encode())
        outcome = child.wait()
    assert outcome.status == "ok", outcome
    answer: dict[str, Any] = json.loads(outcome.result)
    return answer


def unlocked(told: dict[str, Any], **more: Any) -> subprocess.CompletedProcess[str]:
    """Run probes in a process like the jailed one in everything but the jail."""
    return subprocess.run(
        [sys.executable, str(HERE / "jail_probes.py"), json.dumps(told | more)],
        capture_output=True,
        text=True,
        stdin=subprocess.PIPE,
        start_new_session=True,
        timeout=30,
    )


@pytest.fixture(scope="module")
def free(jailed: dict[str, Any], told: dict[str, Any]) -> dict[str, str]:
    """Run every probe with no jail; after the jail, because here they change things."""
    # The user namespace comes last: in a new one, other things are forbidden.
    names = sorted(jail_probes.PROBES, key=lambda name: name == "user_namespace")
    ran = unlocked(told, control=True, names=names)
    assert ran.returncode == 0, ran.stderr
    answer: dict[str, str] = json.loads(ran.stdout)
    return answer


def run_alone(name: str, limits: Limits) -> Outcome:
    with Jailed("jail_probes", limits, minimum=FULL) as child:
        child.send(json.dumps({"alone": name}).encode())
        return child.wait()


# --- Denials -----------------------------------------------------------------------------------


def test_there_are_enough_probes() -> None:
    assert len(jail_probes.PROBES) >= 27


@pytest.mark.parametrize("thread", ["first", "second"])
@pytest.mark.parametrize("name", jail_probes.PROBES)
def test_probe_is_denied(jailed: dict[str, Any], name: str, thread: str) -> None:
    expected = "EACCES" if name in EACCES else "ENOSYS" if name in ENOSYS else "EPERM"
    assert jailed[thread][name] == expected


@pytest.mark.parametrize("name", jail_probes.PROBES)
def test_probe_works_without_the_jail(free: dict[str, str], name: str) -> None:
    if free[name] in ("EPERM", "EACCES", "ENOSYS"):
        pytest.skip(f"this machine denies it to everybody: {free[name]}")
    assert free[name] == "done"


def test_the_child_sees_nothing_of_the_parents(jailed: dict[str, Any]) -> None:
    assert jailed["environment"].items() >= cell.ENVIRONMENT.items()
    assert set(jailed["environment"]) <= {*cell.ENVIRONMENT, "LD_LIBRARY_PATH", "LC_CTYPE"}
    assert jailed["descriptors"] == [0, 1, 2, 3]


def test_the_kernel_agrees(full: None) -> None:
    with Jailed("jail_probes") as child:
        wait_until(lambda: b"ready" in child._kept["result"])
        status = Path(f"/proc/{child._process.pid}/status").read_text()
        score = Path(f"/proc/{child._process.pid}/oom_score_adj").read_text()
    assert re.search(r"^NoNewPrivs:\s+1$", status, re.MULTILINE)
    assert re.search(r"^Seccomp:\s+2$", status, re.MULTILINE)
    for capabilities in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        found = re.search(rf"^{capabilities}:\s+(\w+)$", status, re.MULTILINE)
        assert found
        if capabilities != "CapBnd" or os.getuid() == 0:  # an ordinary user has none to use
            assert int(found[1], 16) == 0
    assert score == "1000\n"


# --- Bombs, each of which leaves the parent standing ---------------------------------------------


@pytest.mark.usefixtures("full")
class TestBombs:
    @pytest.mark.parametrize("name", ["endless_loop", "sleep", "stop_oneself"])
    def test_wall_clock(self, name: str) -> None:
        outcome = run_alone(name, Limits(seconds=0.5))
        assert (outcome.status, outcome.signal) == ("timeout", "SIGKILL")
        assert 0.5 <= outcome.seconds < 3
        assert outcome.result == b""
        assert "stopped after" in outcome.reason

    def test_processor_time(self) -> None:
        outcome = run_alone("endless_loop", Limits(cpu_seconds=1))
        assert (outcome.status, outcome.signal) == ("timeout", "SIGXCPU")

    def test_processor_time_of_one_that_ignores_the_warning(self) -> None:
        outcome = run_alone("burn_cpu_and_ignore_the_warning", Limits(cpu_seconds=1))
        # By the kernel, a second later; from here it looks like any SIGKILL that is not ours.
        assert (outcome.status, outcome.signal) == ("died", "SIGKILL")

    def test_memory(self) -> None:
        outcome = run_alone("memory_bomb", Limits(memory_bytes=512 << 20))
        assert outcome.status == "memory"
        assert "out of memory" in outcome.output

    def test_threads(self) -> None:
        outcome = run_alone("thread_bomb", Limits(seconds=20))
        assert outcome.status == "too-much"

    def test_print_is_cut_and_thrown_away(self) -> None:
        outcome = run_alone("print_bomb", Limits(stderr_bytes=1000))
        assert (outcome.status, outcome.result) == ("ok", b"printed")
        assert outcome.output == "x" * 1000

    @pytest.mark.parametrize("name", ["result_bomb", "result_bomb_by_hand"])
    def test_result(self, name: str) -> None:
        outcome = run_alone(name, Limits(result_bytes=1 << 20))
        assert (outcome.status, outcome.result) == ("too-much", b"")

    def test_a_result_of_just_the_limit_and_one_more(self) -> None:
        size = 64 << 20
        assert len(run_alone("result_bomb", Limits(result_bytes=size)).result) == size
        assert run_alone("result_bomb", Limits(result_bytes=size - 1)).status == "too-much"

    def test_descriptors(self) -> None:
        outcome = run_alone("descriptor_bomb", Limits(files=64))
        assert outcome.result == b"EMFILE after 60"

    def test_print_cannot_steer_a_terminal(self) -> None:
        outcome = run_alone("print_a_terminal_escape", Limits())
        assert outcome.output == "?[2J?[31mpassed?\n\tand ?1m?so on é\n"

    def test_crash(self) -> None:
        outcome = run_alone("crash", Limits())
        assert (outcome.status, outcome.signal, outcome.code) == ("died", "SIGSEGV", None)
        assert outcome.reason == "ended by SIGSEGV"

    def test_exit_code(self) -> None:
        outcome = run_alone("leave", Limits())
        assert (outcome.status, outcome.code, outcome.ready) == ("died", 9, True)

    def test_closing_its_pipes_gains_no_time(self) -> None:
        outcome = run_alone("close_everything", Limits(seconds=20))
        assert outcome.status == "died"
        assert outcome.seconds < 5

    def test_error_is_told(self) -> None:
        outcome = run_alone("raise_an_error", Limits())
        assert (outcome.status, outcome.code) == ("died", 1)
        assert "LookupError: not here" in outcome.output

    @pytest.mark.parametrize("name", ["call_as_32_bit_code", "call_as_x32"])
    @pytest.mark.skipif(os.uname().machine != "x86_64", reason="only x86-64 has these")
    def test_other_numberings_kill(self, name: str, told: dict[str, Any]) -> None:
        assert run_alone(name, Limits()).signal == "SIGSYS"
        assert unlocked(told, alone=name).returncode == 0


# --- Honest work ---------------------------------------------------------------------------------

HONEST = """
import gc, tempfile
import numpy, torch, safetensors.torch
import torch.nn.functional as F
from torch import nn

assert not gc.isenabled()

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(1, 16, 3), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.1),
            nn.Conv2d(16, 10, 3), nn.AdaptiveAvgPool2d(1))

    def forward(self, x):
        return F.log_softmax(self.body(x).flatten(1), 1)

net = Net()
x = torch.randn(8, 1, 28, 28)
sizes = ({0: torch.export.Dim.DYNAMIC},)
for mode in (True, False):
    program = torch.export.export(net.train(mode), (x,), dynamic_shapes=sizes, strict=False)
    assert program.module()(x).shape == (8, 10)
torch.set_num_threads(4)  # a second thread of OpenMP must start
net.train()
F.nll_loss(net(torch.randn(256, 1, 28, 28)), torch.zeros(256, dtype=torch.long)).backward()
assert numpy.linalg.svd(numpy.random.rand(50, 50))[0].shape == (50, 50)
import course, signal
signal.setitimer(signal.ITIMER_REAL, 100)
answer = safetensors.torch.save(net.state_dict())
print("done")
"""


def test_honest_torch_works(full: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "honest.py").write_text(
        "def main(request):\n    g = {'__name__': 'model'}\n    exec(request, g)\n"
        "    return g['answer']\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    with Jailed("honest", minimum=FULL) as child:
        child.send(HONEST.encode())
        outcome = child.wait()
    assert (outcome.status, outcome.output) == ("ok", "done\n"), outcome.output
    assert b"body.0.weight" in outcome.result
    assert outcome.ready
    assert outcome.jail == strength().name


# --- Start, wait, end ----------------------------------------------------------------------------


def wait_until(holds: Any, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def ended(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_close_kills_and_reaps(full: None) -> None:
    pids = []

    def interrupted() -> None:
        with Jailed("jail_probes") as child:
            pids.append(child._process.pid)
            assert not ended(pids[0])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not Path(f"/proc/{pids[0]}").exists()


def test_a_large_request_arrives_and_send_does_not_wait(full: None) -> None:
    padding = " " * (8 << 20)
    with Jailed("jail_probes") as child:
        begun = time.monotonic()
        child.send((padding + json.dumps({"names": []})).encode())
        assert time.monotonic() - begun < 1
        assert child.wait().status == "ok"
        with pytest.raises(ValueError, match="one request"):
            child.send(b"again")


def test_many_at_once_from_threads_that_end_early(full: None) -> None:
    children: list[Jailed] = []
    threads = [
        threading.Thread(target=lambda: children.append(Jailed("jail_probes"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    time.sleep(0.2)  # PR_SET_PDEATHSIG would have struck by now
    for child in children:
        with child:
            child.send(b'{"names": []}')
            assert child.wait().status == "ok"


def test_the_child_does_not_outlive_the_parent(full: None) -> None:
    code = (
        "from autograder.jail.parent import Jailed\n"
        "child = Jailed('jail_probes'); child.send(b'{\"alone\": \"sleep\"}')\n"
        "print(child._process.pid, flush=True); child.wait()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), *sys.path])},
    ) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        assert not ended(pid)
        parent.send_signal(signal.SIGKILL)
    wait_until(lambda: ended(pid))


def test_a_half_request_is_never_run(full: None) -> None:
    with Jailed("jail_probes") as child:
        child._sent = time.monotonic()
        child._write((100).to_bytes(8, "little") + b'{"alone": "leave"}')
        outcome = child.wait()
    assert "before its request was complete" in outcome.output
    assert outcome.code == 72


# --- Saying which jail it is ----------------------------------------------------------------------


def test_strength_names_what_holds() -> None:
    assert re.fullmatch(r"(landlock\d+\+)?(seccomp\+)?rlimits( only)?", strength().name)


@pytest.mark.parametrize(
    ("holding", "name"),
    [
        ((), "none"),
        (("rlimits",), "rlimits only"),
        (("rlimits", "landlock7", "seccomp"), "landlock7+seccomp+rlimits"),
        (("rlimits", "seccomp"), "seccomp+rlimits"),
    ],
)
def test_names(holding: tuple[str, ...], name: str) -> None:
    assert strength_module.name_of(holding) == name


def weaker(monkeypatch: pytest.MonkeyPatch, *holding: str) -> None:
    here = jail.Strength(holding, ("landlock (no such call): use Linux 5.13",))
    monkeypatch.setattr(strength_module, "strength", lambda: here)


def test_require(monkeypatch: pytest.MonkeyPatch) -> None:
    weaker(monkeypatch, "rlimits", "landlock3", "seccomp")
    require("landlock+seccomp+rlimits")
    require("landlock3")
    require("rlimits only")
    require("none")
    require()
    with pytest.raises(JailError, match=r"landlock3.*landlock4 is required.*use Linux 5.13"):
        require("landlock4")
    monkeypatch.setenv("AUTOGRADE_JAIL", "landlock5")
    with pytest.raises(JailError, match="landlock5 is required"):
        Jailed("jail_probes")
    with pytest.raises(JailError, match="is named like"):
        require("bubblewrap")
    weaker(monkeypatch, "rlimits")
    with pytest.raises(JailError, match="the jail here is rlimits only"):
        require("seccomp")


def test_a_lock_that_fails_stops_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    weaker(monkeypatch, "rlimits", "landlock99")  # as if this kernel had said so
    with Jailed("jail_probes") as child:
        child.send(json.dumps({"alone": "print_bomb"}).encode())
        outcome = child.wait()
    assert (outcome.status, outcome.code, outcome.ready) == ("died", 70, False)
    assert (outcome.jail, outcome.result) == ("", b"")
    assert "could not be locked" in outcome.output


def test_unknown_module_is_a_sentence() -> None:
    with pytest.raises(JailError, match="cannot find the module no_such_module"):
        Jailed("no_such_module")


# --- The filter as a program, for both processors -------------------------------------------------


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


def test_the_parent_is_not_locked() -> None:
    assert ctypes.CDLL(None).prctl(39, 0, 0, 0, 0) == 0  # PR_GET_NO_NEW_PRIVS
    assert list(Path("/").iterdir())
