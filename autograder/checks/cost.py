"""The check of what training costs: memory by arithmetic, time by one small step that is timed.

It runs before any training, so that a network that could never finish is told so in seconds.
"""

import torch
import torch.nn.functional as F

from autograder.checks.bounds import LIGHTER, bounds
from autograder.checks.study import Study
from autograder.graph.network import Network
from autograder.machine import sensible_threads
from autograder.verdict import Check
from autograder.words import duration
from course.ordinary import in_words
from course.recipe import Recipe
from course.recipe.schedule import steps_per_epoch
from course.training.clock import work_clock
from course.training.loop import TEST_BATCH

TIMED = 2e9  # multiply-adds in the timed step: it takes some tenths of a second at most


def cost(study: Study) -> Check:
    """Training fits this machine's memory and the assignment's time."""
    assert study.recipe is not None
    work = bounds(study.form)
    # In training every value is kept for the way back, and its gradient stands beside it for a
    # while. A test keeps what is still to be read, and may run on two threads (helper.py).
    training = (work.values + work.between) * study.recipe.batch_size
    testing = work.at_once * TEST_BATCH
    gigabytes = 2 * 4 * (max(training, testing) + work.stored) / 2**30  # 4 bytes a number
    most_seconds, most_gigabytes = study.assignment.seconds, study.assignment.memory_gigabytes
    expected = f"at most {duration(most_seconds)} and {most_gigabytes:g} GB"
    if gigabytes > most_gigabytes:
        what = "training" if training > testing else f"a test of {TEST_BATCH:,} images at a time"
        smaller = ", or a smaller batch" if training > testing else ""
        return Check(
            "cost",
            "fail",
            expected,
            f"about {gigabytes:.1f} GB",
            f"{what} needs about {gigabytes:.1f} GB of memory",
            f"pool earlier, or use fewer channels while the map is large{smaller}",
        )
    seconds = estimate_seconds(study, study.recipe)
    size = in_words(int(gigabytes * 2**30)) if gigabytes < 1 else f"{gigabytes:.1f} GB"
    found = f"about {duration(seconds)} and {size}"
    if seconds > 2 * most_seconds:  # twice: the machine may just be busy with something else
        message = f"training would take {duration(seconds)} on this machine"
        return Check("cost", "fail", expected, found, message, LIGHTER)
    return Check("cost", "pass", expected, found)


def estimate_seconds(study: Study, recipe: Recipe) -> float:
    """Estimate a run's seconds on this device from one small timed step."""
    work = study.table.multiply_adds + 1  # a network of pools alone has none
    on_gpu = study.device.type == "cuda"
    clock = work_clock(study.device)  # a machine that is busy with something else counts nothing
    torch.set_num_threads(1)
    batch = min(recipe.batch_size, max(2, int(TIMED / work)))
    network = Network(study.graph).to(study.device).train()
    x = torch.randn(batch, 1, 28, 28, device=study.device)  # (batch, 1, 28, 28)
    y = torch.zeros(batch, dtype=torch.int64, device=study.device)
    seconds = float("inf")
    for _ in range(3):  # the first one warms up; the quickest is nearest to the truth
        clock.start()
        F.cross_entropy(network(x), y).backward()  # type: ignore[no-untyped-call]
        if on_gpu:
            torch.cuda.synchronize(study.device)
        seconds = min(seconds, clock.lap())
    threads = study.threads or sensible_threads(study.work)
    torch.set_num_threads(threads)
    steps = recipe.epochs * steps_per_epoch(study.images, recipe.batch_size)
    # The step was timed on one thread: with two it takes two thirds of the time, or less.
    return seconds * recipe.batch_size / batch * steps / (1 if on_gpu else (1 + threads) / 2)
