"""Whoever listens hears everything once, in order, over broken lines and restarts."""

import asyncio
import json
import re
import threading
import time
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from autograder import events
from autograder.events import EpochDone, StepDone, TrainingStarted
from autograder.fleet.queue import Claim
from autograder.messages import Outcome
from autograder.remote.server import ClassServer, events_in
from autograder.server.settings import ClassSettings
from autograder.server.work.grading import QUEUE
from autograder.server.work.streams import Hub, line, listen
from tests.helpers.classes import Served, served, upload
from tests.helpers.verdicts import epoch, verdict


async def heard(hub: Hub, last: str) -> list[str]:
    """Listen to the end of a channel; return what was told, by its data."""
    channel = hub.channel("x")
    return [chunk.decode() async for chunk in listen(channel, last)]


def test_a_listener_hears_what_it_has_not_heard() -> None:
    hub = Hub()
    channel = hub.channel("x", epoch="3")
    for number in range(5):
        channel.tell("event", f"{number}", replaces="step" if number in (1, 2) else "")
    kept = [told.data for told in channel.after("")]
    assert kept == ["0", "2", "3", "4"]
    assert [told.data for told in channel.after("3.3")] == ["3", "4"]
    assert [told.data for told in channel.after("2.3")] == kept  # of before a restart
    assert [told.data for told in channel.after("nonsense")] == kept
    assert line("event", "a\nb", "3.1") == b"id: 3.1\nevent: event\ndata: a\ndata: b\n\n"


def test_listeners_are_woken_from_another_thread_and_go() -> None:
    hub = Hub()

    async def run() -> list[list[str]]:
        hub.loop = asyncio.get_running_loop()
        channel = hub.channel("x")

        def tell() -> None:
            for number in range(100):
                channel.tell("event", f"{number}")
            hub.close("x")

        listening = [asyncio.create_task(heard(hub, "")) for _ in range(50)]
        await asyncio.sleep(0.05)
        assert len(channel.waiting) == 50
        threading.Thread(target=tell).start()
        return await asyncio.gather(*listening)

    for one in asyncio.run(run()):
        assert [part.partition("data: ")[2].strip() for part in one] == [str(n) for n in range(100)]
    assert not hub.channel("x").waiting


def begin(there: Served, student: str, source: str) -> Claim:
    """Hand a file in, and let somebody begin to grade it."""
    number = upload(there.client(student), source).json()["number"]
    while True:
        claim = there.desk.queue.claim(QUEUE, "here")
        assert claim is not None
        if claim.number == number:
            there.desk.grading.begun(claim)
            return claim


def tell_epochs(there: Served, claim: Claim, *epochs: int) -> None:
    for number in epochs:
        there.desk.grading.happened(claim, StepDone(0, number * 10))
        there.desk.grading.happened(claim, EpochDone(0, epoch(9_900 + number, number)))


def epochs_of(data: list[str]) -> list[int]:
    told = [events.decode(one.encode()) for one in data]
    return [one.epoch.epoch for one in told if isinstance(one, EpochDone)]


def test_a_broken_line_is_taken_up_where_it_was(there: Served) -> None:
    claim = begin(there, "vera", "v = 1")
    there.desk.grading.happened(claim, TrainingStarted((0,), 5, 50, 0.1, 0.0))
    tell_epochs(there, claim, 1, 2)
    path = f"/api/submissions/{claim.number}/events"
    client = there.client("vera")
    found: list[str] = []
    with client.stream("GET", path) as answer:
        for last, kind, data in events_in(answer):  # noqa: B007  used below, once it broke
            found += [data] if kind == "event" else []
            if epochs_of(found) == [1, 2]:
                break
    tell_epochs(there, claim, 3)
    with client.stream("GET", path, headers={"Last-Event-ID": last}) as answer:
        for _, kind, data in events_in(answer):
            found += [data] if kind == "event" else []
            if epochs_of(found)[-1] == 3:
                break
    assert epochs_of(found) == [1, 2, 3]
    there.desk.queue.finish(claim, verdict((9_950,)), 1.0)
    there.desk.grading.ended(claim, verdict((9_950,)), "", 1.0)


def test_a_client_follows_over_a_second_attempt_to_the_outcome(
    there: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.remote.server.time.sleep", lambda seconds: None)
    claim = begin(there, "walt", "w = 1")
    tell_epochs(there, claim, 1)
    kinds: list[str] = []
    data: list[str] = []
    with ClassServer(there.address, there.token("walt")) as server:
        for kind, told in server.follow(claim.number):
            kinds.append(kind)
            data += [told] if kind == "event" else []
            if kind == "event" and epochs_of(data) == [1] and len(kinds) < 5:
                # Whoever graded it dies; its row is taken by another.
                there.desk.queue.give_back([claim])
                claim = there.desk.queue.claim(QUEUE, "there") or claim
                while claim.ticket.student != "walt":
                    claim = there.desk.queue.claim(QUEUE, "there") or claim
                there.desk.grading.begun(claim)
                tell_epochs(there, claim, 1, 2)
                there.desk.queue.finish(claim, verdict((9_960,)), 1.0)
                there.desk.grading.ended(claim, verdict((9_960,)), "", 1.0)
            last = told
    assert kinds.count("begun") == 2
    assert epochs_of(data) == [1, 1, 2]
    outcome = json.loads(last)
    assert set(outcome) == set(Outcome.__dataclass_fields__)
    assert outcome["verdict"]["passed"]


def test_steps_are_told_while_another_grading_ends(there: Served) -> None:
    one, other = begin(there, "xeno", "x = 1"), begin(there, "yara", "y = 1")
    grading, over = there.desk.grading, threading.Event()

    def tell() -> None:
        run = 0
        while not over.is_set():
            grading.happened(one, StepDone(run, 1))
            run += 1

    telling = threading.Thread(target=tell)
    telling.start()
    try:
        for run in range(2_000):
            grading.happened(other, StepDone(run, 1))
            grading.ended(other, None, "", 1.0)
        assert set(grading.stepped) == {one.number}
    finally:
        over.set()
        telling.join()
        grading.ended(one, None, "", 1.0)
    assert grading.stepped == {}


def test_a_board_tells_of_itself_when_it_moves(there: Served) -> None:
    with there.client().stream("GET", "/board/under-8k/events") as answer:
        there.place("uli", verdict((9_950,), parameters=777))
        for _, kind, data in events_in(answer):
            assert kind == "board"
            if "777" in data:
                break


def test_a_page_is_not_told_of_what_it_shows_already(there: Served) -> None:
    """An older board in a newer one's place would take an entry away that somebody looks at."""
    client = there.client()
    board = there.desk.board_channel("under-20k")  # where nobody is placed beside this
    board.tell("board", "of before the page")
    page = client.get("/board/under-20k").text
    found = re.search(r'data-events="([^"]+)"', page)
    assert found
    with client.stream("GET", found[1]) as answer:
        time.sleep(0.3)  # in which an older board would be told
        board.tell("board", "of after the page")
        last, _, data = next(iter(events_in(answer)))
    assert data == "of after the page"
    # A line that broke knows more than the page that it belongs to.
    board.tell("board", "the newest")
    with client.stream("GET", found[1], headers={"Last-Event-ID": last}) as answer:
        assert next(iter(events_in(answer)))[2] == "the newest"


def test_no_more_lines_are_opened_than_there_may_be(
    there: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(there.desk, "settings", replace(there.desk.settings, most_streams=0))
    answer = there.client().get("/board/under-8k/events")
    assert answer.status_code == 429
    assert isinstance(answer, httpx.Response)


def test_whoever_waits_for_a_turn_has_a_line_open(
    there: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, hub = there.client("zoe"), there.desk.hub
    path = f"/api/submissions/{upload(client, 'z = 1').json()['number']}/events"

    def all_gone() -> bool:
        until = time.monotonic() + 15
        while hub.listeners and time.monotonic() < until:
            time.sleep(0.1)
        return not hub.listeners

    assert all_gone()  # those of other tests
    monkeypatch.setattr(there.desk, "settings", replace(there.desk.settings, most_streams=1))
    with client.stream("GET", path) as answer:
        told = events_in(answer)  # held until the end: it closes its line with itself
        assert next(told)[1] == "place"
        with client.stream("GET", path) as second:
            assert second.status_code == 429
    assert all_gone()


def test_a_server_that_stops_lets_its_look_at_the_queue_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOGRADE_HOME", str(tmp_path))
    begun, ended = threading.Event(), threading.Event()

    def look() -> None:
        begun.set()
        time.sleep(1)  # with an open database
        ended.set()

    with served(f"sqlite:///{tmp_path}/class.sqlite", ClassSettings(assignments=())) as there:
        monkeypatch.setattr(there.desk.line, "look", look)
        assert begun.wait(30)
    assert ended.is_set()
