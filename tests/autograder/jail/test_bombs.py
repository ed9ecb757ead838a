"""A child that uses too much, or ends badly, leaves the parent standing with the right reason."""

import os
import sys
import time

import pytest
from jail_runs import drop, unlocked

from autograder.jail.parent import Limits
from autograder.jail.patience import Worked

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="these are Linux's locks")


@pytest.mark.usefixtures("full")
class TestBombs:
    @pytest.mark.parametrize("name", ["endless_loop", "sleep", "stop_oneself"])
    def test_wall_clock(self, name: str) -> None:
        outcome = drop(name, Limits(seconds=0.5))
        assert (outcome.status, outcome.signal) == ("timeout", "SIGKILL")
        assert 0.5 <= outcome.seconds < 10
        assert outcome.result == b""
        assert "stopped after" in outcome.reason

    def test_waiting_for_a_processor_is_no_time_of_the_childs(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # As on a machine so busy that the child waits for half of all time.
        begun = time.monotonic()
        monkeypatch.setattr(Worked, "_in_the_queue", lambda _: (time.monotonic() - begun) / 2)
        outcome = drop("sleep", Limits(seconds=1))
        assert outcome.status == "timeout"
        assert 1.9 <= outcome.seconds < 10  # the child is started a moment after `begun`

    def test_one_that_never_gets_a_processor_is_starved(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Worked, "_in_the_queue", lambda _: time.monotonic())
        outcome = drop("sleep", Limits(seconds=0.2))
        assert outcome.status == "starved"
        assert 2 <= outcome.seconds < 10
        assert outcome.result == b""

    def test_processor_time(self) -> None:
        outcome = drop("endless_loop", Limits(cpu_seconds=1))
        assert (outcome.status, outcome.signal) == ("timeout", "SIGXCPU")

    def test_processor_time_of_one_that_ignores_the_warning(self) -> None:
        outcome = drop("burn_cpu_and_ignore_the_warning", Limits(cpu_seconds=1))
        # By the kernel, a second later; from here it looks like any SIGKILL that is not ours.
        assert (outcome.status, outcome.signal) == ("died", "SIGKILL")

    def test_memory(self) -> None:
        outcome = drop("memory_bomb", Limits(memory_bytes=512 << 20))
        assert outcome.status == "memory"
        assert "out of memory" in outcome.output

    def test_threads(self) -> None:
        outcome = drop("thread_bomb", Limits(seconds=20))
        assert outcome.status == "too-much"

    def test_print_is_cut_and_thrown_away(self) -> None:
        outcome = drop("print_bomb", Limits(stderr_bytes=1000))
        assert (outcome.status, outcome.result) == ("ok", b"printed")
        assert outcome.output == "x" * 1000

    @pytest.mark.parametrize("name", ["result_bomb", "result_bomb_by_hand"])
    def test_result(self, name: str) -> None:
        outcome = drop(name, Limits(result_bytes=1 << 20))
        assert (outcome.status, outcome.result) == ("too-much", b"")

    def test_a_result_of_just_the_limit_and_one_more(self) -> None:
        size = 64 << 20
        assert len(drop("result_bomb", Limits(result_bytes=size)).result) == size
        assert drop("result_bomb", Limits(result_bytes=size - 1)).status == "too-much"

    def test_descriptors(self) -> None:
        outcome = drop("descriptor_bomb", Limits(files=64))
        assert outcome.result == b"EMFILE after 60"

    def test_print_cannot_steer_a_terminal(self) -> None:
        outcome = drop("print_a_terminal_escape", Limits())
        assert outcome.output == "?[2J?[31mpassed?\n\tand ?1m?so on é\n"

    def test_crash(self) -> None:
        outcome = drop("crash", Limits())
        assert (outcome.status, outcome.signal, outcome.code) == ("died", "SIGSEGV", None)
        assert outcome.reason == "ended by SIGSEGV"

    def test_exit_code(self) -> None:
        outcome = drop("leave", Limits())
        assert (outcome.status, outcome.code, outcome.ready) == ("died", 9, True)

    def test_closing_its_pipes_gains_no_time(self) -> None:
        outcome = drop("close_everything", Limits(seconds=20))
        assert outcome.status == "died"
        assert outcome.seconds < 15

    def test_error_is_reported(self) -> None:
        outcome = drop("raise_an_error", Limits())
        assert (outcome.status, outcome.code) == ("died", 1)
        assert "LookupError: not here" in outcome.output

    @pytest.mark.parametrize("name", ["call_as_32_bit_code", "call_as_x32"])
    @pytest.mark.skipif(os.uname().machine != "x86_64", reason="only x86-64 has these")
    def test_other_numberings_kill(self, name: str) -> None:
        assert drop(name, Limits()).signal == "SIGSYS"
        assert unlocked("jail_bombs.py", name).returncode == 0
