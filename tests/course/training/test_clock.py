"""Seconds are those of work: waiting and sleeping count nothing, and the limit ends a training."""

import threading
import time
from collections.abc import Callable

import pytest
import torch

from course.data import Digits, load
from course.lesson import few
from course.recipe import Recipe
from course.training.clock import ANY_PACE, DeviceClock, Pace, WorkUsedUp, work_clock
from course.training.helper import Helper
from course.training.loop import train
from course.training.rehearsal import rehearse
from course.training.repeatable import on_threads

CPU = torch.device("cpu")


def compute(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def test_only_work_is_counted() -> None:
    clock = work_clock(CPU)
    time.sleep(0.3)
    assert clock.lap() < 0.1
    compute(0.2)
    assert 0.2 <= clock.lap() < 0.3


def test_what_another_thread_computes_is_not_this_trainings() -> None:
    clock = work_clock(CPU)
    other = threading.Thread(target=compute, args=(0.5,))
    other.start()
    other.join()
    assert clock.lap() < 0.1


@pytest.mark.parametrize(("work", "charged"), [(compute, 0.2), (time.sleep, 0.0)])
def test_what_a_second_thread_does_for_it_is_this_trainings(
    work: Callable[[float], None], charged: float
) -> None:
    begun = threading.Event()

    def do() -> None:
        begun.set()
        work(0.2)

    with Helper() as helper:
        clock = work_clock(CPU, helper=helper)
        task = helper.do(do)
        assert begun.wait(10)
        task.result()
        assert charged <= clock.lap() < charged + 0.1


def test_what_came_before_the_start_is_forgotten() -> None:
    clock = work_clock(CPU)
    compute(0.2)
    clock.start()
    assert clock.lap() < 0.1
    assert clock.used < 0.1


def test_a_clock_ends_what_works_too_long_but_not_what_waits() -> None:
    clock = work_clock(CPU, most=0.2)
    time.sleep(0.3)
    clock.lap()
    compute(0.3)
    with pytest.raises(WorkUsedUp):
        clock.lap()


def test_pieces_are_added_up() -> None:
    clock = DeviceClock(None)
    for _ in range(3):
        with clock.piece():
            compute(0.05)
        compute(0.1)  # between two pieces
    assert 0.15 <= clock.pieces() < 0.25
    assert clock.pieces() == 0


def test_a_training_ends_in_the_middle_of_an_epoch() -> None:
    steps: list[int] = []
    recipe = Recipe(epochs=1, batch_size=1)
    network = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(784, 10))
    training = train(
        network, few(load("practice"), 1_000, 10), recipe, watch=steps.append, most_seconds=0.05
    )
    with pytest.raises(WorkUsedUp):
        list(training)
    assert 0 < len(steps) < 1_000


def test_no_step_is_charged_more_than_its_pace() -> None:
    clock = work_clock(CPU, most=0.2)
    compute(0.3)
    assert clock.lap(allowed=0.1) == 0.1
    assert clock.used == 0.1


@pytest.mark.parametrize("threads", [1, 2])
def test_a_rehearsal_is_on_one_thread_and_changes_no_number(threads: int) -> None:
    digits, recipe = few(load("practice"), 600, 100), Recipe(epochs=1, batch_size=50)
    with on_threads(threads):
        plain, _ = small_training(digits, recipe)
        rehearsed, pace = small_training(digits, recipe, rehearsed=True)
        assert torch.get_num_threads() == threads
    assert plain == rehearsed
    assert (pace == ANY_PACE) is (threads == 1)
    assert pace.step > 0
    assert pace.test_image > 0


def small_training(
    digits: Digits, recipe: Recipe, rehearsed: bool = False
) -> tuple[list[float], Pace]:
    def network() -> torch.nn.Module:
        torch.manual_seed(0)
        return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(784, 10))

    pace = rehearse(network(), digits, recipe) if rehearsed else ANY_PACE
    return [epoch.train_loss for epoch in train(network(), digits, recipe, pace=pace)], pace
