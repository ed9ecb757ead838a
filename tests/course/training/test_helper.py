"""A second thread helps while a core is idle, and stays away while none is."""

import pytest
import torch

from course.training.helper import LATEST, TURN, Helper

pytestmark = pytest.mark.usefixtures("one_thread")

IDLE = {1: 3.0, 2: 2.0}  # seconds of a step on so many threads
BUSY = {1: 3.0, 2: 12.0}


class Machine:
    """A clock that each step moves on, by as much as a machine takes that runs other things too."""

    def __init__(self) -> None:
        self.time = 0.0
        self.helper = Helper(now=lambda: self.time)

    def train(self, steps: int, seconds: dict[int, float]) -> list[int]:
        """Run steps; return on how many threads each was."""
        used = []
        for _ in range(steps):
            self.time += 1.0  # between two steps, where nobody helps
            assert torch.get_num_threads() == 1
            with self.helper:
                used.append(torch.get_num_threads())
                self.time += seconds[used[-1]]
        return used


@pytest.mark.parametrize(("seconds", "faster"), [(IDLE, 2), (BUSY, 1)])
def test_nearly_every_step_runs_on_the_faster_number(
    seconds: dict[int, float], faster: int
) -> None:
    machine = Machine()
    used = machine.train(20_000, seconds)
    assert used.count(faster) / len(used) > 0.98
    assert set(used[-2 * LATEST * TURN :]) == {1, 2}  # the other is still tried


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


def test_a_step_that_fails_leaves_one_thread() -> None:
    helper = Helper()

    def fail() -> None:
        with helper:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert torch.get_num_threads() == 1
