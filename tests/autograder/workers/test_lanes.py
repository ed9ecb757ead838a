"""Seeds train side by side: the same numbers as one after another, and one end for all of them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import torch

from autograder import children, machine, pipeline
from autograder.events import EpochDone, Learned, RunDone, Shown, TrainingStarted
from autograder.workers.lanes import Arrangement
from autograder.workers.process import WorkerProcess
from tests.helpers.gradings import numbers, practise, rules, timeless
from tests.helpers.models import TINY

SMALL, LARGE = machine.LARGE // 100, machine.LARGE * 10
CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("cores", "work", "seeds", "threads", "lanes"),
    [
        (8, SMALL, 1, 0, 1),
        (8, SMALL, 3, 0, 3),
        (8, SMALL, 50, 0, 8),  # no more than there are cores
        (8, SMALL, 3, 4, 2),  # as many as have four cores each
        (8, LARGE, 9, 0, 4),  # as many as have two
        (1, SMALL, 3, 0, 1),
        (1, LARGE, 3, 0, 1),
        (2, SMALL, 3, 9, 1),
    ],
)
def test_cores_are_shared_out(
    monkeypatch: pytest.MonkeyPatch, cores: int, work: int, seeds: int, threads: int, lanes: int
) -> None:
    monkeypatch.setattr(machine, "cores", lambda: cores)
    assert machine.side_by_side(work, seeds, threads) == lanes
    assert machine.sensible_threads(work) == (1 if work == SMALL else 2)  # whatever the cores


@contextmanager
def one_core() -> Iterator[None]:
    """Let this process, and every one that is started meanwhile, see a single core."""

    def allow(cores: set[int]) -> None:  # a child has what the thread that starts it has
        os.sched_setaffinity(0, cores)
        children._starter.submit(os.sched_setaffinity, 0, cores).result()

    before = os.sched_getaffinity(0)
    allow({min(before)})
    try:
        yield
    finally:
        allow(before)


# More than a billion multiply-adds a step, which are split over two threads.
WIDE = TINY.replace(
    "nn.Conv2d(1, 6, 5, stride=2, bias=False)",
    "nn.Sequential(nn.Conv2d(1, 6, 3, padding=1), nn.Conv2d(6, 6, 3))",
).replace("epochs=2, batch_size=500", "epochs=1, batch_size=3_000")
one_cores_numbers = pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity") or machine.cores() == 1,
    reason="needs two cores, and a system that lets a process have one of them",
)


def helpers_ticks(worker: WorkerProcess) -> int:
    """Return for how long all threads of a worker but its first have computed."""
    process = worker.process.pid
    tasks = [int(task.name) for task in Path(f"/proc/{process}/task").iterdir()]
    return sum(int(children.stat_of(task)[11]) for task in tasks if task != process)


@one_cores_numbers
def test_a_small_networks_numbers_are_the_same_whatever_the_cores(
    model: Path, workers: list[WorkerProcess]
) -> None:
    model.write_text(TINY.replace("epochs=2", "epochs=9"))
    by = rules("percent = 15\nin_each_of_last_epochs = 1", epochs=9)
    ticks: list[int] = []

    def count(event: Shown) -> None:
        if isinstance(event, TrainingStarted | RunDone):
            ticks.append(helpers_ticks(workers[-1]))

    with one_core():
        alone = practise(model, by, watch=count)
    anywhere = practise(model, by, watch=count)
    assert ticks[0] == ticks[1]
    assert ticks[2] < ticks[3]  # a second thread helped (helper.py), and no number tells
    assert alone.device == anywhere.device == f"{machine.processor()}, 1 thread"
    assert numbers(alone) == numbers(anywhere) != []


@one_cores_numbers
def test_a_large_networks_numbers_are_the_same_whatever_the_cores(model: Path) -> None:
    model.write_text(WIDE)
    with one_core():
        alone = practise(model)
    anywhere = practise(model)
    assert alone.device == anywhere.device
    assert alone.device.startswith(f"{machine.processor()}, 2 threads")
    assert numbers(alone) == numbers(anywhere) != []


def test_only_large_steps_are_rounded_and_only_where_the_processor_can(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for flags, rounds in ({"avx2", "avx512_bf16"}, True), ({"avx2"}, False), (set(), False):
        monkeypatch.setattr(machine, "processor_flags", lambda flags=flags: flags)
        assert machine.sensible_bfloat16(LARGE, CPU) is rounds
        assert machine.sensible_bfloat16(SMALL, CPU) is False


def test_side_by_side_gives_the_numbers_of_one_after_another(
    model: Path, workers: list[WorkerProcess]
) -> None:
    events: list[Shown] = []
    learned: dict[int, Learned] = {}
    at_once = practise(model, seeds=3, watch=events.append, keep=learned.__setitem__)
    assert len(workers) == min(3, machine.cores())
    [alone] = practise(model).runs
    # Another thread would have shown: sums are added in another order.
    assert numbers(practise(model, threads=2)) != numbers(at_once)[:1]
    assert at_once.passed
    assert len({run.seed for run in at_once.runs}) == 3
    assert set(learned) == {run.seed for run in at_once.runs}
    assert numbers(at_once)[0] == [timeless(epoch) for epoch in alone.epochs]
    assert at_once.grader.engine == "plain loop"
    assert at_once.runs[0].seconds.preparation > 0
    assert sorted(e.run for e in events if isinstance(e, RunDone)) == [0, 1, 2]


def test_one_that_diverges_leaves_the_others_of_its_worker_alone(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def together(*, lanes: int, **arrangement: object) -> Arrangement:  # as on a GPU
        return Arrangement(**{**arrangement, "lanes": 1, "together": True})  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "Arrangement", together)
    model.write_text(
        TINY.replace(
            "batch_size=500", 'batch_size=500, optimizer=dict(name="SGD", lr=100)'
        ).replace("self.norm(self.conv(x))", "self.conv(x)")
    )
    learned: dict[int, Learned] = {}
    verdict = practise(model, seeds=3, keep=learned.__setitem__)
    assert [len(run.epochs) for run in verdict.runs] == [1, 1, 1]
    assert learned == {}  # numbers that are none are nothing to keep


def test_one_that_dies_ends_the_others(model: Path, workers: list[WorkerProcess]) -> None:
    def kill_the_first(event: Shown) -> None:
        if isinstance(event, TrainingStarted) and event.runs == (0,):
            os.kill(workers[0].process.pid, signal.SIGSEGV)

    verdict = practise(model, seeds=3, watch=kill_the_first)
    assert verdict.exit_code == 5
    assert [c.message for c in verdict.checks if c.status == "error"] == [
        f"the training process was ended by signal {signal.SIGSEGV.value}"
    ]
    assert all(worker.process.poll() is not None for worker in workers)


def freeze(worker: WorkerProcess) -> None:
    """Let a worker hang, and its parent notice soon."""
    os.kill(worker.process.pid, signal.SIGSTOP)
    worker.patience = 1.0


def test_one_that_hangs_is_trained_again_and_gives_the_same_numbers(
    model: Path, workers: list[WorkerProcess]
) -> None:
    def freeze_once(event: Shown) -> None:
        if isinstance(event, EpochDone) and event.run == 0 and not workers[0].timed_out:
            freeze(workers[0])

    verdict = practise(model, seeds=2, watch=freeze_once)
    assert workers[0].timed_out
    assert verdict.passed, verdict.headline()
    assert [len(run.epochs) for run in verdict.runs] == [2, 2]
    assert numbers(verdict)[0] == numbers(practise(model))[0]
    assert all(worker.process.poll() is not None for worker in workers)


def test_one_that_hangs_twice_is_a_fault_of_ours(model: Path, workers: list[WorkerProcess]) -> None:
    def freeze_each(event: Shown) -> None:
        if isinstance(event, TrainingStarted):
            freeze(workers[-1])

    verdict = practise(model, watch=freeze_each)
    assert len(workers) == 2
    assert verdict.exit_code == 5
    assert "did not end in time" in verdict.headline()
    assert verdict.runs == ()
    assert all(worker.process.poll() is not None for worker in workers)


def bare_seconds() -> float:
    """Time a fixed piece of work on this thread's processor, waiting not counted."""
    images, kernels = torch.ones(200, 8, 28, 28), torch.ones(8, 8, 3, 3)
    begun = time.thread_time()
    for _ in range(200):
        torch.nn.functional.conv2d(images, kernels)
    return time.thread_time() - begun


@pytest.mark.slow
def test_eight_busy_loops_beside_change_neither_verdict_nor_seconds(model: Path) -> None:
    long = rules("percent = 15\nreached_once = true", epochs=4)
    model.write_text(TINY.replace("epochs=2, batch_size=500", "epochs=4, batch_size=50"))
    alone, bare_alone, among_others, bare_among_others = [], [], [], []
    # In turns, and the quickest of each: whatever else this machine does comes and goes.
    for _ in range(3):
        alone.append(practise(model, long))
        bare_alone.append(bare_seconds())
        with ExitStack() as beside:
            for _ in range(8):
                loop = subprocess.Popen([sys.executable, "-c", "while True: pass"])
                beside.callback(loop.wait)
                beside.callback(loop.kill)
            among_others.append(practise(model, long))
            bare_among_others.append(bare_seconds())
    assert {verdict.exit_code for verdict in alone + among_others} == {0}
    assert all(numbers(verdict) == numbers(alone[0]) for verdict in alone + among_others)
    # Where two cores are halves of one, the same work takes a busy machine longer: no clock helps.
    # Waiting is what must not count: with ten that want two cores it would be four times as much.
    slower = max(1, min(bare_among_others) / min(bare_alone))
    before, after = (min(verdict.seconds for verdict in some) for some in (alone, among_others))
    assert 0.8 * before <= after <= 1.5 * slower * before, (
        f"bare work took {slower:.2f} times as long"
    )


def test_an_error_in_whoever_watches_leaves_no_worker_behind(
    model: Path, workers: list[WorkerProcess]
) -> None:
    def fall_over(event: Shown) -> None:
        if isinstance(event, EpochDone):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        practise(model, seeds=3, watch=fall_over)
    assert workers
    assert all(worker.process.poll() is not None for worker in workers)
