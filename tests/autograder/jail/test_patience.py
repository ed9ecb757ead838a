"""A jailed child's time is what it could use; where the machine kept it, no time passes for it."""

from pathlib import Path

import pytest

from autograder import children
from autograder.jail import patience
from autograder.jail.patience import Worked


class Machine:
    """A clock, and what the system says of a process, both set by hand."""

    def __init__(self, proc: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.now, self.queued = proc / "7", 0.0, 0.0
        self.folder.mkdir()
        monkeypatch.setattr(patience.time, "monotonic", lambda: self.now)
        monkeypatch.setattr(children, "PROC", proc)
        self.pass_by(0)
        self.worked = Worked(7)

    def pass_by(self, seconds: float, state: str = "S", queued: float = 0.0) -> None:
        self.now += seconds
        self.queued += queued
        (self.folder / "stat").write_text(f"7 (a name) {state} 1 7 7\n")
        (self.folder / "schedstat").write_text(f"0 {self.queued * 1e9:.0f} 1\n")

    def seconds(self, *given: float, state: str = "S", queued: float = 0.0) -> float:
        for seconds in given:
            self.pass_by(seconds, state, queued)
            used = self.worked.seconds()
        return used


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


def test_computing_and_sleeping_are_its_own_time(machine: Machine) -> None:
    assert machine.seconds(0.5, 0.25, state="R") == pytest.approx(0.75)
    assert machine.seconds(0.5, state="S") == pytest.approx(1.25)


def test_the_queue_for_a_processor_is_not(machine: Machine) -> None:
    assert machine.seconds(0.5, 0.5, state="R", queued=0.4) == pytest.approx(0.2)


def test_waiting_for_the_disk_is_not(machine: Machine) -> None:
    assert machine.seconds(*[0.5] * 100, state="D") == 0
    assert machine.seconds(0.5) == pytest.approx(0.5)


def test_a_minute_in_which_the_whole_machine_stood_still_is_not(machine: Machine) -> None:
    assert machine.seconds(0.5, 70.0) == pytest.approx(0.5 + patience.MOST_BETWEEN)


def test_time_passes_for_a_process_of_which_nothing_can_be_read(
    machine: Machine, tmp_path: Path
) -> None:
    for name in ("stat", "schedstat"):
        (tmp_path / "7" / name).unlink()
    machine.now += 0.5
    assert machine.worked.seconds() == pytest.approx(0.5)
