"""The plain loop and the recorded one keep the same contract.

Without a GPU the recorded step runs unrecorded, so all of it is tested here but the recording; with
one (`make test` on a machine that has it) the same tests record and replay.
"""

from collections.abc import Iterator
from dataclasses import asdict, replace

import pytest
import torch
import torch.nn as nn

from course.data import Digits, load
from course.lesson import few
from course.recipe import Recipe
from course.training import Epoch, train
from course.training.captured import train_captured

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
OPTIMIZERS = (
    {"name": "SGD", "lr": 0.1},
    {"name": "SGD", "lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 1e-3},
    {"name": "SGD", "lr": 0.1, "momentum": 0.9, "dampening": 0.1},
    {"name": "Adam", "lr": 0.01, "amsgrad": True},
    {"name": "AdamW", "lr": 0.01},
    {"name": "NAdam", "lr": 0.01},
    {"name": "Adagrad", "lr": 0.01, "initial_accumulator_value": 0.5},
)
ONE_CYCLE = {"name": "OneCycleLR"}
STILL = {**ONE_CYCLE, "cycle_momentum": False}


@pytest.fixture(scope="module")
def digits() -> Digits:
    return few(load("practice"), 700, 300).to(DEVICE)


def network(dropout: float = 0.0) -> nn.Module:
    torch.manual_seed(0)
    layers = (
        *(nn.Conv2d(1, 8, 5, stride=2), nn.BatchNorm2d(8), nn.ReLU(), nn.Dropout(dropout)),
        *(nn.Conv2d(8, 10, 5, stride=2), nn.AdaptiveAvgPool2d(1), nn.Flatten()),
    )
    return nn.Sequential(*(layer for layer in layers if dropout or type(layer) is not nn.Dropout))


def plain(digits: Digits, recipe: Recipe, seed: int, dropout: float = 0.0) -> list[Epoch]:
    return list(train(network(dropout), digits, recipe, seed))


def captured(
    digits: Digits, recipe: Recipe, seeds: list[int], dropout: float = 0.0
) -> list[list[Epoch]]:
    found: list[list[Epoch]] = [[] for _ in seeds]
    networks = [network(dropout) for _ in seeds]
    for which, epoch in train_captured(networks, digits, recipe, seeds):
        found[which].append(epoch)
    return found


def numbers(epochs: list[Epoch]) -> list[dict[str, float]]:
    timeless = ("seconds", "test_seconds")
    return [{k: v for k, v in asdict(e).items() if k not in timeless} for e in epochs]


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda o: "-".join(map(str, o.values())))
@pytest.mark.parametrize("scheduler", [None, STILL, ONE_CYCLE], ids=["flat", "rate", "momentum"])
def test_both_loops_train_alike(
    digits: Digits, optimizer: dict[str, object], scheduler: dict[str, object] | None
) -> None:
    # Both see the same batches, augmented alike; what differs is the order of additions.
    cycles = scheduler is ONE_CYCLE and optimizer["name"] != "Adagrad"
    recipe = Recipe.read(
        {
            "epochs": 3,
            "batch_size": 64,
            "optimizer": optimizer,
            "scheduler": scheduler if cycles or scheduler is None else STILL,
            "augment": [{"name": "RandomAffine", "degrees": 6, "translate": (0.05, 0.05)}],
            "label_smoothing": 0.05,
            "average": {"name": "EMA", "decay": 0.8, "every": 2},
        }
    )
    [ours] = captured(digits, recipe, [5])
    for our, theirs in zip(ours, plain(digits, recipe, 5), strict=True):
        assert our.train_loss == pytest.approx(theirs.train_loss, rel=2e-3)
        assert our.test_loss == pytest.approx(theirs.test_loss, rel=2e-2)
        assert (our.lr, our.train_total, our.test_total) == (theirs.lr, 640, 300)
        assert abs(our.train_correct - theirs.train_correct) <= 6
        assert abs(our.test_correct - theirs.test_correct) <= 6


SHORT = Recipe(epochs=2, batch_size=64, average={"name": "SWA", "start": 2, "every": 3})


@pytest.mark.parametrize("dropout", [0.0, 0.2], ids=["plain", "dropout"])
def test_a_seed_gives_the_same_numbers_alone_and_beside_others(
    digits: Digits, dropout: float
) -> None:
    beside = captured(digits, SHORT, [3, 4, 3], dropout)
    [alone] = captured(digits, SHORT, [4], dropout)
    assert numbers(beside[1]) == numbers(alone)
    assert numbers(beside[0]) == numbers(beside[2]) != numbers(beside[1])
    assert len(alone) == 2


def test_warming_up_leaves_no_trace(digits: Digits) -> None:
    # One step in all, fewer than the warm-up takes: its loss is that of the untouched weights.
    recipe = replace(SHORT, epochs=1, batch_size=700, augment=[], average=None)
    [[ours]], [theirs] = captured(digits, recipe, [1]), plain(digits, recipe, 1)
    assert ours.train_loss == pytest.approx(theirs.train_loss, rel=1e-5)
    assert ours.test_loss == pytest.approx(theirs.test_loss, rel=1e-3)


def test_watch_is_told_which_training_takes_which_step(digits: Digits) -> None:
    told: list[tuple[int, int]] = []

    def watch(which: int, step: int) -> None:
        told.append((which, step))

    nets = [network(), network()]
    list(train_captured(nets, digits, replace(SHORT, epochs=1, average=None), [1, 2], watch))
    assert told == [(which, step) for step in range(1, 11) for which in (0, 1)]


def test_both_train_in_bfloat16(digits: Digits) -> None:
    recipe = replace(SHORT, augment=[], average=None)
    exact = plain(digits, recipe, 1)[-1].train_loss
    rounded = list(train(network(), digits, recipe, 1, bfloat16=True))[-1].train_loss
    [(_, _), (_, recorded)] = list(train_captured([network()], digits, recipe, [1], bfloat16=True))
    assert exact != rounded == pytest.approx(exact, rel=0.05)
    assert recorded.train_loss == pytest.approx(exact, rel=0.05)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
