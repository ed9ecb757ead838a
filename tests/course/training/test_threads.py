"""A second thread helps while a core is idle, and stays away while none is."""

from collections.abc import Iterator

import pytest
import torch

from course.epoch import Epoch
from course.training.threads import LATEST, TURN, Threads

IDLE = {1: 3.0, 2: 2.0}  # seconds of a step on so many threads
BUSY = {1: 3.0, 2: 12.0}


class Machine:
    """A clock that each step moves on, by as much as a machine takes that runs other things too."""

    def __init__(self) -> None:
        self.time = 0.0
        self.threads = Threads(1, 2, now=lambda: self.time)

    def train(self, steps: int, seconds: dict[int, float]) -> list[int]:
        """Run steps; return on how many threads each was."""
        used = []
        for _ in range(steps):
            used.append(self.threads.current)
            self.time += seconds[self.threads.current]
            self.threads.step_done()
        return used


@pytest.fixture(autouse=True)
def one_thread_afterwards() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(("seconds", "faster"), [(IDLE, 2), (BUSY, 1)])
def test_nearly_every_step_runs_on_the_faster_number(
    seconds: dict[int, float], faster: int
) -> None:
    machine = Machine()
    used = machine.train(20_000, seconds)
    assert used.count(faster) / len(used) > 0.98
    assert set(used[-2 * LATEST * TURN :]) == {1, 2}  # the other is still tried
    assert machine.time < 1.04 * 20_000 * seconds[faster]


def test_a_machine_that_becomes_busy_is_left_alone_at_once() -> None:
    machine = Machine()
    machine.train(5_000, IDLE)
    used = machine.train(500, BUSY)
    assert used.count(2) <= 6 * TURN  # the turn that told, and a few that looked again


def test_a_core_that_becomes_idle_is_used_before_long() -> None:
    machine = Machine()
    machine.train(5_000, BUSY)
    machine.train(LATEST * TURN + 2 * TURN, IDLE)
    assert machine.train(1_000, IDLE).count(2) > 800


def test_steps_run_on_the_number_that_was_chosen() -> None:
    machine = Machine()
    machine.threads.begin()
    for _ in range(100):
        [chosen] = machine.train(1, IDLE)
        assert torch.get_num_threads() == machine.threads.current
    assert chosen == 2


def test_a_training_of_one_kind_keeps_to_its_threads() -> None:
    threads = Threads(3)
    threads.begin()
    for _ in range(5 * TURN):
        threads.step_done()
        assert torch.get_num_threads() == 3


def test_who_reads_an_epoch_computes_on_one_thread() -> None:
    inside: list[int] = []

    def training() -> Iterator[Epoch]:
        for number in (1, 2):
            inside.append(torch.get_num_threads())
            yield Epoch(number, 0.1, 1.0, 5, 10, 1.0, 5, 10, 1.0, 1.0)

    outside = [torch.get_num_threads() for _ in Threads(1, 2).through(training())]
    assert (inside, outside) == ([2, 2], [1, 1])
    assert torch.get_num_threads() == 1
