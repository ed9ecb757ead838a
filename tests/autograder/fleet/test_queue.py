"""Each row is given to one worker at a time, and each verdict is kept once, whoever dies."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from sqlalchemy import insert, text, update

from autograder.assignment import Assignment, load
from autograder.fleet import queue as queues
from autograder.fleet.identity import identity, is_dead
from autograder.fleet.queue import DEATHS, FAULTS, Queue, Ticket, row_of
from autograder.fleet.recorded import RecordedRuns
from autograder.job import Options
from autograder.results.jobs import QueuedJob
from autograder.results.leaderboard import Leaderboard
from autograder.verdict import Check, Verdict
from tests.helpers.databases import Database
from tests.helpers.verdicts import verdict

RULES = load("under-8k")


@pytest.fixture
def queue(database: Database) -> Iterator[Queue]:
    with Queue(database.url) as opened:
        yield opened


def ticket(student: str = "ada", source: bytes = b"net", rules: Assignment = RULES) -> Ticket:
    return Ticket("tonight", student, "model.py", source, rules, Options(seeds=1))


def test_the_same_grading_is_the_same_row(queue: Queue) -> None:
    first = queue.put(ticket())
    assert queue.put(ticket()) == first
    others = [ticket("bob"), ticket(source=b"other"), ticket(rules=load("under-15k"))]
    assert len({first, *map(queue.put, others)}) == 4


def test_rows_are_claimed_in_order_and_once(queue: Queue) -> None:
    numbers = [queue.put(ticket(student)) for student in ("ada", "bob", "eve")]
    claims = [queue.claim("tonight", "here") for _ in range(4)]
    assert [claim and claim.number for claim in claims] == [*numbers, None]
    assert queue.claim("another", "here") is None
    first = claims[0]
    assert first is not None
    assert first.ticket == ticket()
    assert first.job(b"key").source == b"net"


def test_a_verdict_is_kept_with_its_entry(queue: Queue, database: Database) -> None:
    queue.put(ticket())
    claim = queue.claim("tonight", "here")
    assert claim is not None
    assert queue.finish(claim, verdict((9_950, 9_960)), 12.5)
    result = queue.results([claim.number])[claim.number]
    assert (result.state, result.verdict, result.seconds) == ("done", verdict((9_950, 9_960)), 12.5)
    with Leaderboard(database.url) as board:
        assert [(entry.id, entry.handle) for entry in board.entries()] == [(result.entry, "ada")]
    assert queue.put(ticket()) == claim.number  # done is done
    assert queue.claim("tonight", "here") is None


def run_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every lease run out: the clock is a minute later."""
    later = time.time() + queues.LEASE + 1
    monkeypatch.setattr(queues.time, "time", lambda: later)


def test_what_the_dead_say_changes_nothing(
    queue: Queue, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue.put(ticket())
    slow = queue.claim("tonight", "slow")
    run_out(monkeypatch)
    quick = queue.claim("tonight", "quick")
    assert slow is not None
    assert quick is not None
    assert (quick.number, quick.attempt) == (slow.number, slow.attempt + 1)
    assert not queue.finish(slow, verdict((9_999,)), 1)
    queue.fail(slow, "too late")
    queue.give_back([slow])
    queue.renew([slow])
    assert queue.finish(quick, verdict((9_950,)), 1)
    assert not queue.finish(quick, verdict((9_950,)), 1)  # twice is once
    with Leaderboard(database.url) as board:
        assert len(board.entries()) == 1


def test_what_the_dead_left_is_theirs_who_ask_next(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = queue.put(ticket())
    assert queue.claim("tonight", "slow") is not None
    moved = replace(ticket(), queue="the same class, in another folder")
    assert queue.put(moved) == number
    assert queue.claim(moved.queue, "here") is None  # somebody is at it
    run_out(monkeypatch)
    assert queue.put(moved) == number
    claim = queue.claim(moved.queue, "here")
    assert claim is not None
    assert (claim.number, claim.attempt) == (number, 2)
    assert not queue.is_open("tonight")


def test_a_renewed_lease_holds(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    queue.put(ticket())
    claim = queue.claim("tonight", "here")
    assert claim is not None
    run_out(monkeypatch)
    queue.renew([claim])
    assert queue.claim("tonight", "there") is None
    assert queue.finish(claim, verdict(), 1)


def test_a_row_that_kills_its_workers_is_given_up_and_can_be_asked_for_again(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = queue.put(ticket())
    for attempt in range(1, DEATHS + 1):
        claim = queue.claim("tonight", "here")
        assert claim is not None
        assert claim.attempt == attempt
        run_out(monkeypatch)
    assert queue.claim("tonight", "here") is None
    assert not queue.is_open("tonight")
    result = queue.results([number])[number]
    assert (result.state, result.fault) == ("given up", "whoever graded it was killed, 12 times")
    queue.put(ticket())
    assert queue.claim("tonight", "here") is not None


def test_what_failed_waits_until_the_others_had_their_turn(queue: Queue) -> None:
    first, second = queue.put(ticket("ada")), queue.put(ticket("bob"))
    claim = queue.claim("tonight", "here")
    assert claim is not None
    queue.fail(claim, "no memory left")
    claims = [queue.claim("tonight", "here") for _ in range(2)]
    assert [claim and claim.number for claim in claims] == [second, first]


def test_rows_of_a_process_that_has_ended_are_free_at_once(queue: Queue) -> None:
    queue.put(ticket("ada"))
    queue.put(ticket("bob"))
    ended = subprocess.run(
        [sys.executable, "-c", "from autograder.fleet.identity import identity; print(identity())"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    assert queue.claim("tonight", ended) is not None
    assert queue.claim("tonight", identity()) is not None
    assert queue.claim("tonight", identity()) is None
    queue.free_from_the_dead("tonight")
    again = queue.claim("tonight", identity())
    assert again is not None
    assert again.ticket.student == "ada"
    assert queue.claim("tonight", identity()) is None  # the living keep what they have


def test_only_processes_of_this_machine_can_be_known_dead() -> None:
    me = identity()
    machine, number, _ = me.rsplit(" ", 2)
    assert not is_dead(me)
    assert is_dead(f"{machine} {number} 1")  # a later process of the same number
    assert not is_dead(f"elsewhere {number} 1")
    assert not is_dead("some other text")
    assert not is_dead("")


def test_a_fault_is_tried_again_and_told(queue: Queue) -> None:
    number = queue.put(ticket())
    for _ in range(FAULTS):
        claim = queue.claim("tonight", "here")
        assert claim is not None
        queue.fail(claim, "no memory left")
    assert queue.claim("tonight", "here") is None
    result = queue.results([number])[number]
    assert (result.state, result.fault) == ("given up", "no memory left")


def test_what_was_stopped_was_no_attempt(queue: Queue) -> None:
    queue.put(ticket())
    for _ in range(FAULTS + 1):
        claim = queue.claim("tonight", "here")
        assert claim is not None
        queue.give_back([claim])


def test_many_workers_at_once_get_each_row_once(queue: Queue) -> None:
    numbers = [queue.put(ticket(f"student {i}")) for i in range(40)]
    taken: list[int] = []

    def work() -> None:
        while (claim := queue.claim("tonight", threading.current_thread().name)) is not None:
            taken.append(claim.number)
            assert queue.finish(claim, verdict(), 1)

    crowd = [threading.Thread(target=work) for _ in range(4)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert sorted(taken) == numbers


def timed(do: Callable[[], object]) -> float:
    begun = time.perf_counter()
    do()
    return time.perf_counter() - begun


def test_the_thousandth_row_costs_what_the_first_did(queue: Queue) -> None:
    said = verdict((9_950,))
    with queue.writing() as session:
        rows = [row_of(ticket(f"student {i}")) for i in range(1_000)]
        session.execute(insert(QueuedJob), rows)

    def one() -> None:
        claim = queue.claim("tonight", "here")
        assert claim is not None
        assert queue.finish(claim, said, 1)

    # The quickest of sixty, which a machine busy with something else disturbs least.
    first = min(timed(one) for _ in range(60))
    with queue.writing() as session:
        middle = update(QueuedJob).where(QueuedJob.id.between(61, 940))
        session.execute(middle.values(state="done"))
    last = min(timed(one) for _ in range(60))
    assert last < 2 * first
    assert last < 0.1  # of seconds; a quiet machine takes some 5 ms


# ---- other accuracies, and what is recorded -----------------------------------------------------


def stricter(percent: str, **more: object) -> Assignment:
    return replace(RULES, percent=percent, sha256=percent, **more)  # type: ignore[arg-type]


def graded(queue: Queue, asked: Ticket, said: Verdict) -> None:
    queue.put(asked)
    claim = queue.claim("tonight", "here")
    assert claim is not None
    queue.finish(claim, replace(said, assignment=asked.rules), 5)


def test_another_accuracy_is_judged_from_the_recorded_epochs(queue: Queue) -> None:
    graded(queue, ticket(), verdict((9_945,)))
    for percent, passed in (("99.50", False), ("99.20", True)):
        number = queue.put(ticket(rules=stricter(percent)))
        result = queue.results([number])[number]
        assert result.state == "done"
        assert result.verdict is not None
        assert result.verdict.passed == passed
        assert result.verdict.assignment.percent == percent


def test_what_another_rule_decides_is_graded_again(queue: Queue) -> None:
    graded(queue, ticket(), verdict((9_945,)))
    number = queue.put(ticket(rules=stricter("99.40", fewer_parameters_than=7_000)))
    assert queue.results([number])[number].state == "queued"


def test_a_fault_is_no_record(queue: Queue) -> None:
    fault = Check("training", "error", message="no memory left")
    graded(queue, ticket(), replace(verdict((9_945,)), checks=(fault,)))
    number = queue.put(ticket(rules=stricter("99.20")))
    assert queue.results([number])[number].state == "queued"


def test_a_training_is_recorded_once_and_found_by_network_data_and_seed(queue: Queue) -> None:
    [run] = verdict((9_950,)).runs
    with RecordedRuns(queue, "mnist").one_grading() as one:
        assert one.find("network", run.seed) is None
        one.add("network", run)
        one.add("network", run)
        assert one.find("network", run.seed) == run
        assert one.find("another", run.seed) is None
    with RecordedRuns(queue, "practice").one_grading() as one:
        assert one.find("network", run.seed) is None
    with queue.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM runs")).scalar() == 1


def test_a_copy_waits_for_the_training_of_its_original(queue: Queue) -> None:
    [run] = verdict((9_950,)).runs
    runs = RecordedRuns(queue, "mnist")
    found: list[object] = []

    def copy() -> None:
        with runs.one_grading() as one:
            found.append(one.find("network", run.seed))

    thread = threading.Thread(target=copy)
    with runs.one_grading() as original:
        assert original.find("network", run.seed) is None
        thread.start()
        thread.join(0.2)
        assert thread.is_alive()
        original.add("network", run)
        thread.join(10)
    assert found == [run]


def test_an_original_that_is_stopped_leaves_its_training_to_the_copy(queue: Queue) -> None:
    runs = RecordedRuns(queue, "mnist")
    with runs.one_grading() as original:
        assert original.find("network", 7) is None
    with runs.one_grading() as copy:
        assert copy.find("network", 7) is None
