"""A file is timed by what it does: computing and sleeping count, being kept waiting does not."""

import time
from unittest.mock import patch

import pytest

from autograder.capture import entry
from autograder.capture.entry import capture
from autograder.capture.running import statements
from autograder.capture.running.clock import Work
from autograder.problem import Problem


def looks(work: Work, *found: tuple[float, float, int]) -> float:
    """Return what a clock counts that finds these: real time, processor's time, times pushed."""
    work.last = (0.0, 0.0, 0)
    with patch.object(work, "look", side_effect=found):
        for _ in found:
            used = work.count()
    return used


@pytest.mark.parametrize(
    ("found", "used"),
    [
        ([(1.0, 1.0, 0)], 1.0),  # it computed
        ([(1.0, 0.0, 0)], 1.0),  # it slept
        ([(1.0, 0.1, 3)], 0.1),  # it was pushed aside: the machine is busy
        ([(1.0, 0.1, 3), (2.0, 0.1, 3)], 1.1),  # and then slept
        ([(1.0, 2.0, 0)], 2.0),  # it computed on two processors
        ([(90.0, 0.0, 0)], 1.0),  # the machine stood still: a clock that ticks looks more often
        ([(90.0, 90.0, 0)], 90.0),  # it computed, and let no tick through
    ],
)
def test_time_counts_unless_another_process_had_it(
    found: list[tuple[float, float, int]], used: float
) -> None:
    assert looks(Work(), *found) == pytest.approx(used)


@pytest.mark.parametrize("loop", ["time.sleep(60)", "while True: time.sleep(0.001)"])
def test_a_network_that_sleeps_is_stopped_at_its_line(loop: str) -> None:
    source = f"""
import time
from torch import nn
class Net(nn.Module):
    def __init__(self):
        {loop}
"""
    begun = time.monotonic()
    with patch.object(entry, "SECONDS", 0.5), pytest.raises(Problem) as stopped:
        capture(source.encode())
    assert (stopped.value.check, stopped.value.line) == ("interface", 6)
    assert time.monotonic() - begun < 20


def test_no_number_of_endless_statements_takes_long() -> None:
    source = "import time\n" + "time.sleep(60)\n" * 200
    begun = time.monotonic()
    with (
        patch.object(statements, "SECONDS", 1.0),
        patch.object(statements, "MOST_SECONDS", 2.0),
        pytest.raises(Problem, match="was still running after 2 seconds of work") as stopped,
    ):
        capture(source.encode())
    assert stopped.value.check == "readable"
    assert time.monotonic() - begun < 20


def test_loading_torch_export_is_not_the_files_time() -> None:
    order: list[str] = []
    with (
        patch.object(entry, "prepare", lambda: order.append("load")),
        patch.object(entry, "capture", lambda *_: order.append("file") or 1 / 0),
    ):
        entry.main(b"{}\n")
    assert order == ["load", "file"]
