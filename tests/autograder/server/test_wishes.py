"""What an instructor wants confirmed is confirmed, also by the server that is started next."""

import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from autograder.results.jobs import RecordedRun
from autograder.results.standings import read_page
from autograder.server.settings import ClassSettings
from autograder.server.work import confirming
from autograder.server.work.confirming import asked
from tests.helpers.classes import served
from tests.helpers.verdicts import verdict

SECONDS = 240


@pytest.mark.mnist
def test_a_confirmation_outlives_the_server_that_was_asked_for_it(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confirming, "SEEDS", 1)
    monkeypatch.setattr(confirming, "LOOK", 0.1)
    url = f"sqlite:///{own_home}/class.sqlite"
    with served(url, ClassSettings()) as there:
        number = there.place("ada", verdict((9_950,)))
        prof = there.browser("prof", "instructor")
        form = {"rules": "under-8k", "first": "3"}
        said = prof.post("/class/confirm", data=form).text
        assert "1 entry is trained again" in said
        assert "To be confirmed" in said
        prof.post("/class/confirm", data=form)  # asked for twice is asked for once
    with served(url, ClassSettings()) as there:
        there.desk.confirming.start()
        until = time.monotonic() + SECONDS
        wishes = [number]
        while wishes:
            assert time.monotonic() < until
            time.sleep(0.2)
            with there.desk.queue.reading() as session:
                wishes = list(asked(session))
        there.desk.confirming.closing.set()
        there.desk.confirming.join(SECONDS)
        assert "0 of 1 passed" in there.client("ada").get(f"/entry/{number}").text
        with there.desk.queue.reading() as session:  # a restart would not train it again
            assert len(session.scalars(select(RecordedRun)).all()) == 1
        prof = there.browser("prof", "instructor")
        assert "To be confirmed" not in prof.get("/class").text


def test_what_is_not_trained_again_confirms_nothing(own_home: Path) -> None:
    with served(f"sqlite:///{own_home}/class.sqlite", ClassSettings()) as there:
        number = there.place("ada", verdict((9_950,)), source="class")  # is no Python
        with there.desk.queue.writing() as session:
            confirming.ask(session, [number])
        there.desk.confirming.confirm(number)
        with there.desk.queue.reading() as session:
            assert list(asked(session)) == []
            [row] = read_page(session, there.desk.settings.assignments[0].rules.sha256, most=9)
            assert (row["id"], row["confirmed"]) == (number, None)


def test_what_fails_by_our_fault_is_tried_again_and_then_let_go(own_home: Path) -> None:
    with served(f"sqlite:///{own_home}/class.sqlite", ClassSettings()) as there:
        practised = there.place("ada", verdict((9_950,), data="practice"))  # it never is
        with there.desk.queue.writing() as session:
            confirming.ask(session, [practised])
        there.desk.confirming.confirm(practised)
        with there.desk.queue.reading() as session:
            assert list(asked(session)) == []


def test_an_error_that_nobody_foresaw_is_a_fault_and_the_next_wish_is_not_lost(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confirming, "LOOK", 0.1)
    monkeypatch.setattr(sys, "executable", "/nowhere/python")  # so that no child can be started
    with served(f"sqlite:///{own_home}/class.sqlite", ClassSettings()) as there:
        numbers = [there.place(student, verdict((9_950,))) for student in ("ada", "bob")]
        with there.desk.queue.writing() as session:
            confirming.ask(session, numbers)
        there.desk.confirming.start()
        until = time.monotonic() + SECONDS
        while numbers and there.desk.confirming.is_alive() and time.monotonic() < until:
            time.sleep(0.1)
            with there.desk.queue.reading() as session:
                numbers = list(asked(session))
        assert not numbers  # each was tried again, and then let go
        assert there.desk.confirming.is_alive()
        there.desk.confirming.closing.set()
        there.desk.confirming.join(SECONDS)
