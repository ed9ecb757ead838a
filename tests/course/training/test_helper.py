"""A second thread does what nothing waits for; what it has not begun, the first one does."""

import threading
from collections.abc import Iterator

import pytest
import torch

from course.training.helper import Helper

HELPER, CALLER = "helper_0", threading.main_thread().name


def who() -> str:
    return threading.current_thread().name


@pytest.fixture
def helper() -> Iterator[Helper]:
    with Helper() as helper:
        yield helper


@pytest.fixture
def busy(helper: Helper) -> Iterator[Helper]:
    """Give the helper something that takes as long as the test."""
    begun, ended = threading.Event(), threading.Event()
    helper.do(lambda: (begun.set(), ended.wait()))
    assert begun.wait(10)
    yield helper
    ended.set()


def test_what_the_helper_has_not_begun_is_done_by_the_one_who_needs_it(busy: Helper) -> None:
    done: list[str] = []
    for _ in range(3):
        busy.aside(lambda: done.append(who()))
    assert busy.do(who).result() == CALLER
    assert done == []
    busy.finish()
    assert done == [CALLER] * 3
    assert list(busy.ahead(iter("abc"))) == ["a", "b", "c"]


def test_what_it_has_begun_is_waited_for_and_done_once(helper: Helper) -> None:
    begun, done = threading.Event(), []

    def work() -> str:
        begun.set()
        done.append(who())
        return who()

    task = helper.do(work)
    assert begun.wait(10)
    assert task.result() == HELPER
    assert done == [HELPER]


def test_results_come_in_their_order_whoever_made_them(helper: Helper) -> None:
    both = threading.Barrier(2, timeout=10)  # neither of the first two ends before both have begun

    def at_once(number: int) -> tuple[int, str]:
        both.wait()
        return number, who()

    assert helper.each([lambda: at_once(0), lambda: at_once(1)]) == [(0, HELPER), (1, CALLER)]


def test_the_next_item_is_made_while_one_is_used(helper: Helper) -> None:
    made = [threading.Event() for _ in range(3)]

    def items() -> Iterator[int]:
        for number, event in enumerate(made):
            event.set()
            yield number

    for number in helper.ahead(items()):
        assert all(event.wait(10) for event in made[: number + 2])
        assert not any(event.is_set() for event in made[number + 2 :])


def test_an_error_reaches_the_one_who_needs_the_result(helper: Helper) -> None:
    helper.aside(lambda: 1 / 0)  # type: ignore[arg-type, return-value]
    with pytest.raises(ZeroDivisionError):
        helper.finish()
    helper.finish()  # it is not told twice


def test_the_helper_computes_on_one_thread_and_keeps_no_gradients(helper: Helper) -> None:
    def found() -> tuple[int, bool]:
        return torch.get_num_threads(), torch.ones(1, requires_grad=True).mul(2).requires_grad

    begun = threading.Event()
    task = helper.do(lambda: (begun.set(), found())[1])
    assert begun.wait(10)
    assert task.result() == (1, False)


def test_a_helper_that_is_not_needed_any_more_ends() -> None:
    with Helper() as helper:
        helper.do(who).result()
        assert any(thread.name == HELPER for thread in threading.enumerate())
    assert not any(thread.name == HELPER for thread in threading.enumerate())
