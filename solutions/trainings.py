"""Trainings of our own files, one to a process, as many at once as are wanted."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

import torch

from autograder.capture.entry import capture
from autograder.graph.network import Network
from autograder.graph.reorder import ready_to_train
from course.data import Digits, load
from course.epoch import Epoch
from course.recipe import Recipe
from course.training import train
from course.training.captured import train_captured

Result = TypeVar("Result")


def fresh(model: Path, seed: int) -> tuple[Network, Recipe]:
    """Return a file's network with a seed's initial weights, and its recipe, for one thread."""
    torch.set_num_threads(1)
    captured = capture(model.read_bytes())
    return ready_to_train(captured.graph, seed), Recipe.read(captured.recipe)


def trained(network: Network, digits: Digits, recipe: Recipe, seed: int) -> Iterator[Epoch]:
    """Train as the grader does where the digits lie: on a GPU with a recorded step."""
    if digits.train_images.device.type == "cuda":
        return (epoch for _, epoch in train_captured([network], digits, recipe, [seed]))
    return train(network, digits, recipe, seed)


def on_split(
    model: Path, split: int, data: str, held_out: int, device: str = "cpu"
) -> tuple[Network, list[Epoch]]:
    """Train a file with the split's number as its seed, on all digits but those it holds out.

    Split k holds out training digits that k draws; the epochs are tested on them.
    """
    network, recipe = fresh(model, split)
    digits = load(data).hold_out(held_out, split).to(device)
    return network, list(trained(network, digits, recipe, split))


def each(
    train: Callable[..., Result], jobs: Iterable[tuple[Any, ...]], lanes: int, in_order: bool = True
) -> Iterator[Result]:
    """Yield what `train(*job)` returns for every job, in their order or as they end.

    `lanes` of them run at once. Each has a process of its own: what one changes in torch stays out
    of the others' way.
    """
    with ProcessPoolExecutor(lanes, get_context("spawn"), max_tasks_per_child=1) as pool:
        results = [pool.submit(train, *job) for job in jobs]
        try:
            for result in results if in_order else as_completed(results):
                yield result.result()
        finally:
            for result in results:
                result.cancel()  # where one failed, the others are not begun
