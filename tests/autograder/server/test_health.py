"""Whoever runs the server is told whether it is alive."""

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.fleet.engines import Engine
from autograder.results import archive
from autograder.server.pages.reading import SIDE
from autograder.server.settings import ClassSettings
from autograder.server.work import grading
from tests.helpers.classes import Served, served
from tests.helpers.verdicts import verdict

SECONDS = 15


@pytest.fixture
def own(own_home: Path) -> Iterator[Served]:
    """A class server of this test's own, which may be harmed."""
    with served(f"sqlite:///{own_home}/class.sqlite", ClassSettings()) as running:
        yield running


def comes_true(said: Callable[[], bool]) -> bool:
    """Wait for something, but not for ever."""
    until = time.monotonic() + SECONDS
    while not said() and time.monotonic() < until:
        time.sleep(0.1)
    return said()


def tells_of_boards(there: Served) -> bool:
    """Say whether a board that moves is told."""
    told = there.desk.board_channel("under-8k").count
    there.place("ada", verdict((9_950,)))
    return comes_true(lambda: there.desk.board_channel("under-8k").count > told)


def test_a_grading_of_an_assignment_that_was_taken_out_stops_no_board(own: Served) -> None:
    own.desk.stale.add("golf-98")  # which the settings offered when it was handed in
    assert comes_true(lambda: not own.desk.stale)
    assert tells_of_boards(own)


def test_an_error_that_nobody_foresaw_costs_one_look(
    own: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[float] = []

    def look() -> None:
        looks.append(time.monotonic())
        if len(looks) == 1:
            raise RuntimeError("nobody foresaw this")

    monkeypatch.setattr(own.desk.line, "look", look)
    assert comes_true(lambda: len(looks) > 1)
    assert tells_of_boards(own)


def test_grading_is_begun_again_after_an_error_that_nobody_foresaw(
    own: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grading, "AGAIN", 0.1)
    thread = own.desk.grading

    def fail_once() -> Engine:
        thread.make_engine = own.desk.engine  # the next time
        raise OSError("no more processes")

    thread.make_engine = fail_once
    thread.start()
    try:
        assert comes_true(lambda: thread.slots > 0)
    finally:
        thread.close()


def test_a_server_that_tells_of_nothing_any_more_is_not_well(own: Served) -> None:
    client, clock = own.client(), own.desk.clock
    assert client.get("/healthz").status_code == 200
    assert clock is not None
    clock.get_loop().call_soon_threadsafe(clock.cancel)
    assert comes_true(lambda: client.get("/healthz").status_code == 503)


def test_only_a_database_that_is_away_is_said_to_be(
    own: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = own.place("ada", verdict((9_950,)))
    archive.put(archive.folder() / str(number) / "0.safetensors", b"weights")
    monkeypatch.setattr(sys, "executable", "/bin/true")  # as a process that reads, and dies
    answer = own.client("ada").post(f"/entry/{number}/read", content=bytes(SIDE * SIDE))
    assert answer.status_code == 503
    assert answer.json()["error"] == "this cannot be done now; try again soon"


def test_metrics_are_for_this_machine_or_an_instructor(own: Served) -> None:
    stranger, ada = own.client(), own.client("ada")
    prof = own.client("prof", "instructor")
    assert "under8k_slots" in stranger.get("/metrics").text
    forwarded = {"X-Forwarded-For": "203.0.113.7"}
    assert stranger.get("/metrics", headers=forwarded).status_code == 404
    # Behind a proxy on this machine that does not say for whom it asks, all come from here.
    own.desk.settings = replace(own.desk.settings, address="https://class.example")
    assert [one.get("/metrics").status_code for one in (stranger, ada, prof)] == [404, 404, 200]
