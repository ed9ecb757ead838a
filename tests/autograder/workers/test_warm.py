"""Processes that are ready make a check quick, and change nothing in it."""

import os
import time
from collections.abc import Iterator

import pytest

from autograder.assignment import load
from autograder.job import Job, Options
from autograder.pipeline import grade
from autograder.verdict import Check, Verdict
from autograder.workers.warm import Warm
from tests.helpers.models import TINY

RULES = load("under-8k")
# A file that spoils torch for whoever comes after it in the same process, and tries to stay.
SPOILS = f"""{TINY}
import torch.nn.functional as F
F.relu = F.conv2d = nn.Conv2d.forward = nn.Module.__call__ = None
"""


@pytest.fixture(scope="module")
def warm() -> Iterator[Warm]:
    with Warm() as warm:
        yield warm


def check(source: str, warm: Warm) -> Verdict:
    return grade(Job(source.encode(), "model.py", RULES, Options(device="cpu")), children=warm)


def findings(verdict: Verdict) -> list[Check]:
    """Return what repeats of a verdict's findings: the cost is timed."""
    return [found for found in verdict.checks if found.id != "cost"]


def test_each_file_gets_a_child_of_its_own_and_all_the_same_worker(warm: Warm) -> None:
    children, workers, verdicts = set(), set(), []
    for source in (TINY, SPOILS, TINY):
        assert warm.next is not None
        assert warm.kept is not None
        children.add(warm.next._process.pid)
        workers.add(warm.kept.process.pid)
        verdicts.append(check(source, warm))
    assert (len(children), len(workers)) == (3, 1)
    # What ran in between has left no trace.
    first, spoiled, last = verdicts
    assert not spoiled.ok
    assert findings(last) == findings(first)
    assert last.submission == first.submission
    assert last.ok


def test_a_child_or_worker_that_has_died_is_replaced(warm: Warm) -> None:
    assert warm.next is not None
    assert warm.kept is not None
    warm.next.kill()
    warm.kept.kill()
    while not warm.next.ended:
        time.sleep(0.01)
    assert check(TINY, warm).ok


def test_a_grading_that_nobody_wants_ends_and_the_worker_stays(warm: Warm) -> None:
    sleeps = f"import time\ntime.sleep(15)\n{TINY}"
    assert warm.kept is not None
    worker = warm.kept.process.pid

    def begun(_: object) -> None:
        warm.abandon()

    job = Job(sleeps.encode(), "model.py", RULES, Options(device="cpu"))
    verdict = grade(job, begun, children=warm)
    assert not verdict.ok
    assert warm.kept is not None
    assert warm.kept.process.pid == worker


def test_nothing_is_left() -> None:
    with Warm() as own:
        assert own.next is not None
        assert own.kept is not None
        pids = own.next._process.pid, own.kept.process.pid
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
