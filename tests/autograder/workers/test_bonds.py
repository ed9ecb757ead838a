"""A worker ends with its parent, and takes neither more time nor more memory than it may."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from autograder.events import Checked, ChecksDone
from autograder.graph.arguments import Stored, Value
from autograder.graph.nodes import Graph, Node
from autograder.graph.operations import OPERATIONS
from autograder.graph.submission import Submission, write
from autograder.verdict import Check
from autograder.workers.process import WorkerProcess
from autograder.workers.requests import CheckRequest
from tests.helpers.gradings import rules
from tests.helpers.models import TINY

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="these are Linux's bonds")

GRADING = """
import sys
from autograder.workers.process import WorkerProcess
with WorkerProcess() as worker:
    print(worker.process.pid, flush=True)
    sys.stdin.read()
"""


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def seconds_until_gone(pids: list[int], most: float = 10) -> float:
    begun = time.monotonic()
    while any(alive(pid) for pid in pids):
        assert time.monotonic() < begun + most, "still there"
        time.sleep(0.01)
    return time.monotonic() - begun


@pytest.fixture
def worker() -> Iterator[WorkerProcess]:
    with WorkerProcess() as started:
        yield started


@pytest.mark.parametrize("wait", [0.0, 0.2, 3.0])  # before, and while, it loads torch
def test_a_worker_ends_with_a_parent_that_is_killed(wait: float) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", GRADING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        time.sleep(wait)
        parent.kill()
    assert seconds_until_gone([pid]) < 1.5


def test_sigterm_ends_a_grading_with_its_children_and_a_sentence(
    tmp_path: Path, own_home: Path
) -> None:
    model = tmp_path / "model.py"
    model.write_text(TINY)
    command = [sys.executable, "-m", "autograder.cli", "submit", str(model), "--data", "practice"]
    with subprocess.Popen(
        [*command, "--device", "cpu"], stderr=subprocess.PIPE, text=True
    ) as grading:
        children = Path(f"/proc/{grading.pid}/task")
        found: list[int] = []
        deadline = time.monotonic() + 60
        while len(found) < 2:  # the jail and the worker
            assert time.monotonic() < deadline
            texts = [file.read_text() for file in children.glob("*/children")]
            found = [int(pid) for text in texts for pid in text.split()]
            time.sleep(0.05)
        grading.send_signal(signal.SIGTERM)
        assert grading.stderr
        said = grading.stderr.read()
    assert grading.returncode == 130
    assert "stopped" in said
    assert "Traceback" not in said
    assert seconds_until_gone(found) < 1.5


def test_a_worker_is_alone_in_its_group_and_writes_no_memory_image(worker: WorkerProcess) -> None:
    pid = worker.process.pid
    assert os.getpgid(pid) == os.getsid(pid) == pid
    list_checks(worker, small_graph())  # by now it has begun
    limits = Path(f"/proc/{pid}/limits").read_text()
    [core] = [line for line in limits.splitlines() if "core file" in line]
    assert core.split()[4:5] == ["0"]


def small_graph() -> bytes:
    """A sound network of one convolution."""
    return captured({"w": torch.randn(10, 1, 5, 5)}, convolved(0, "w"), mean(1))


def captured(tensors: dict[str, torch.Tensor], *nodes: Node) -> bytes:
    """Write what a hostile child might send: it need never have run the network."""
    graph = Graph(nodes, Value(len(nodes)), tensors)
    return write(Submission(graph, None, "Net"))


def node(name: str, **args: object) -> Node:
    return Node(OPERATIONS[name], args, 3)  # type: ignore[arg-type]


def convolved(value: int, weight: str) -> Node:
    sizes = {"stride": (1, 1), "padding": (0, 0), "dilation": (1, 1), "groups": 1}
    return node("conv2d", input=Value(value), weight=Stored(weight), bias=None, **sizes)


def mean(value: int) -> Node:
    return node("mean", input=Value(value), dim=(2, 3), keepdim=False)


def list_checks(worker: WorkerProcess, data: bytes, seconds: float = 60.0) -> list[Check] | None:
    """Return what a worker finds; None where it fell silent."""
    request = CheckRequest(rules("percent = 15\nreached_once = true"), "cpu", 1, 1, seconds)
    worker.ask(request, data, seconds=300)
    found = []
    for event in worker.checking():
        if isinstance(event, Checked):
            found.append(event.check)
        if isinstance(event, ChecksDone):
            return found
    return None


def test_checks_that_use_up_their_work_are_ended_by_the_kernel(worker: WorkerProcess) -> None:
    assert list_checks(worker, small_graph()) is not None
    # A thousand operations: a second or more of work, though none of them takes long.
    many = [node("tanh", input=Value(i)) for i in range(1_900)]
    data = captured({"w": torch.randn(10, 1, 5, 5)}, *many, convolved(1_900, "w"), mean(1_901))
    assert list_checks(worker, data, seconds=1) is None
    assert worker.used_up
    assert not worker.timed_out


def test_a_worker_that_needs_too_much_memory_is_told_so_and_lives_on() -> None:
    code = """
import torch
from autograder import machine
machine.limit_memory(torch.device("cpu"), 0.25, 1)
try:
    torch.ones(2**30)
except RuntimeError as error:
    print(machine.ran_out(error), machine.memory_is_limited())
print(torch.ones(2**20).sum().item())
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["True", "True", str(float(2**20))]


def test_a_stuck_worker_is_ended_in_real_time(
    worker: WorkerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.kill(worker.process.pid, signal.SIGSTOP)
    begun = time.monotonic()
    worker.ask(CheckRequest(rules("percent = 15\nreached_once = true"), "cpu", 1, 1, 60), seconds=1)
    assert list(worker.checking()) == []
    assert worker.timed_out
    assert not worker.used_up
    assert 1 <= time.monotonic() - begun < 20
    assert "did not end in time" in worker.ending("checking")
