"""Whoever works a queue off goes on where the database was away."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import pytest

from autograder.assignment import load
from autograder.fleet import working
from autograder.fleet.engines import Follow
from autograder.fleet.queue import Claim, Queue, Ticket
from autograder.job import Options
from autograder.verdict import Verdict
from tests.helpers.databases import programs, started_postgres
from tests.helpers.verdicts import verdict

SECONDS = 60


class Unhurried:
    """An engine whose gradings end when the test says so; also who watches."""

    slots = 2

    def __init__(self) -> None:
        self.begun_: list[Claim] = []
        self.futures: list[Future[Verdict]] = []
        self.faults: list[str] = []

    def start(self, claim: Claim, follow: Follow) -> Future[Verdict]:
        self.futures.append(Future())
        return self.futures[-1]

    def stop(self) -> None:
        pass

    def begun(self, claim: Claim) -> None:
        self.begun_.append(claim)

    def happened(self, claim: Claim, event: object) -> None:
        pass

    def ended(self, claim: Claim, found: Verdict | None, fault: str, seconds: float) -> None:
        self.faults.append(fault)

    def look(self) -> None:
        pass


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_what_runs_goes_on_while_the_database_is_away(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if programs() is None:
        pytest.skip("PostgreSQL is not installed here: apt-get install postgresql")
    monkeypatch.setattr(working, "AGAIN", 0.2)
    engine, closing = Unhurried(), threading.Event()
    with started_postgres() as postgres, Queue(postgres.url) as queue:
        tickets = [
            Ticket("tonight", student, "model.py", b"net", load("under-8k"), Options(seeds=1))
            for student in ("ada", "bob")
        ]
        numbers = [queue.put(ticket) for ticket in tickets]
        working_on = threading.Thread(
            target=working.work_on, args=(queue, "tonight", engine, engine, closing)
        )
        working_on.start()
        until(lambda: len(engine.futures) == 2)
        postgres.kill()
        engine.futures[0].set_result(verdict((9_950,)))  # it has its verdict now, and nowhere to go
        time.sleep(2 * working.LOOK)
        assert engine.faults == []
        postgres.start()
        until(lambda: len(engine.faults) == 1)
        engine.futures[1].set_result(verdict((9_960,)))
        until(lambda: len(engine.faults) == 2)
        closing.set()
        working_on.join(SECONDS)
        results = queue.results(numbers)
        assert [results[number].state for number in numbers] == ["done", "done"]
        assert [results[number].attempt for number in numbers] == [1, 1]  # nothing was done again
        assert engine.faults == ["", ""]
