"""Trainings that fail, each because one of its five pieces is wrong, and the loop that they share.

    seen = run(PATIENTS["A"], Net(), digits)             # what can be seen of it from outside
    print(source("A"))                                   # the piece that is wrong
    run(replace(PATIENTS["A"], start=mine), Net(), digits)

A network here has `maps`, everything before its last layer, and `head`, that layer. What is wrong
with whom stands only in this file, so that a lesson can ask for it.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course.data import Digits
from course.training.loop import pixels, standardise
from course.training.repeatable import one_thread

BATCH, EPOCHS = 64, 3


# ---- the five pieces, as they should be --------------------------------------------------------


def as_drawn(network: nn.Module) -> None:
    """Leave the weights as torch has drawn them."""


def together(images: Tensor, labels: Tensor, chosen: Tensor) -> tuple[Tensor, Tensor]:
    """Take the chosen images, each with its own label."""
    return images[chosen], labels[chosen]


def row_by_row(network: Any, x: Tensor) -> Tensor:
    """Give each image the scores of its own maps."""
    scores: Tensor = network.head(network.maps(x).flatten(1))
    return scores


def in_use(network: nn.Module) -> None:
    """Make the network ready to read with."""
    network.eval()


@dataclass(frozen=True)
class Training:
    """A training in five pieces."""

    start: Callable[[nn.Module], None] = as_drawn
    rate: float = 0.02
    batch: Callable[[Tensor, Tensor, Tensor], tuple[Tensor, Tensor]] = together
    scores: Callable[[Any, Tensor], Tensor] = row_by_row
    ready: Callable[[nn.Module], None] = in_use


# ---- the same pieces, each with one fault ------------------------------------------------------


def tidy(network: nn.Module) -> None:
    """Begin with tidy weights."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.zeros_(module.weight)


def drawn_apart(images: Tensor, labels: Tensor, chosen: Tensor) -> tuple[Tensor, Tensor]:
    """Take a batch in a new order, so that it does not learn the order by heart."""
    order = torch.randperm(len(chosen)).to(chosen.device)
    return images[chosen][order], labels[chosen]


def in_columns(network: Any, x: Tensor) -> Tensor:
    """Bring the maps into one row for each image, (N, C, H, W) to (N, C * H * W)."""
    maps = network.maps(x).transpose(0, 1)  # (C, N, H, W)
    scores: Tensor = network.head(maps.reshape(len(x), -1))
    return scores


def as_trained(network: nn.Module) -> None:
    """Leave the network as training has left it, and read with it."""


PATIENTS = {
    "A": Training(start=tidy),
    "B": Training(rate=2.0),
    "C": Training(batch=drawn_apart),
    "D": Training(scores=in_columns),
    "E": Training(ready=as_trained),
}


def fault(name: str) -> str:
    """Return which piece of a patient is wrong."""
    ill, well = PATIENTS[name], Training()
    return next(f.name for f in fields(ill) if getattr(ill, f.name) != getattr(well, f.name))


def source(name: str) -> str:
    """Return that piece as it is written."""
    piece = getattr(PATIENTS[name], fault(name))
    return inspect.getsource(piece) if callable(piece) else f"{fault(name)} = {piece}\n"


# ---- the loop, and what is seen of it ----------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """What can be seen of a training from outside."""

    losses: list[float]  # of every step
    before: nn.Module  # the network at its first step, and after its last
    after: nn.Module
    train_right: int
    test_right: int


@one_thread()
def run(training: Training, network: nn.Module, digits: Digits, seed: int = 0) -> Seen:
    """Train a network and read with it; the same seed gives the same numbers."""
    torch.manual_seed(seed)
    network.to(digits.train_images.device)
    x, y = standardise(pixels(digits.train_images), digits), digits.train_labels
    training.start(network)
    before = copy.deepcopy(network)
    optimizer = torch.optim.SGD(network.parameters(), lr=training.rate, momentum=0.9)
    losses = []
    network.train()
    for _ in range(EPOCHS):
        order = torch.randperm(len(x)).to(x.device)
        for chosen in order[: len(x) // BATCH * BATCH].split(BATCH):  # type: ignore[no-untyped-call]
            some, labels = training.batch(x, y, chosen)
            loss = F.cross_entropy(training.scores(network, some), labels)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            losses.append(loss.item())
    test_x = standardise(pixels(digits.test_images), digits)
    train_right = read_right(training, network, x, y)
    test_right = read_right(training, network, test_x, digits.test_labels)
    return Seen(losses, before, network, train_right, test_right)


def read_right(training: Training, network: nn.Module, x: Tensor, y: Tensor) -> int:
    """Count what is read right, digit by digit, as images lie in folders."""
    training.ready(network)
    folders = [(digit, x[y == digit]) for digit in range(10)]
    with torch.no_grad():
        read = [
            (training.scores(network, some).argmax(1) == digit).sum() for digit, some in folders
        ]
    return int(sum(read))
