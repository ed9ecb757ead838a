"""A recorded step does what the step does: every optimizer and schedule, dropout, bfloat16, seeds.

Recording is emulated (tests/helpers/recording.py), so that this holds without a GPU. Every number
is compared bit for bit with the same training unrecorded. What must not be in a step, since
recording freezes or refuses it, is found out: the controls at the end.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict

import pytest
import torch
from torch import Tensor, nn

from course.data import Digits, load
from course.lesson import few
from course.recipe import Recipe
from course.recipe.tables import OPTIMIZERS
from course.training.captured import RecordedTraining, train_captured
from tests.helpers.recording import ValueRead, record_without_a_gpu

RECIPE = Recipe.read(
    {
        "epochs": 2,
        "batch_size": 16,
        # Without a momentum that cycles, the optimizer's step is recorded too.
        "scheduler": {"name": "OneCycleLR", "cycle_momentum": False},
        "augment": [{"name": "RandomAffine", "degrees": 6}],
        "average": {"name": "EMA", "decay": 0.8, "every": 2},
    }
)
SCHEDULES = {
    "flat": None,
    "rate": {"name": "OneCycleLR", "cycle_momentum": False},
    "momentum": {"name": "OneCycleLR"},
}
# Every optimizer, and the options of which a step depends otherwise.
KINDS: dict[str, dict[str, object]] = {
    **{name: {"name": name, "lr": 0.01} for name in OPTIMIZERS},
    "nesterov": {"name": "SGD", "lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 1e-3},
    "dampening": {"name": "SGD", "lr": 0.1, "momentum": 0.9, "dampening": 0.1},
    "amsgrad": {"name": "Adam", "lr": 0.01, "amsgrad": True},
}
STEADY = ("Adagrad", "Adadelta", "SGD", "RMSprop")  # without a momentum that could cycle
PAIRS = [(k, s) for k in KINDS for s in SCHEDULES if s != "momentum" or k not in STEADY]


Layer = Callable[[], nn.Module]


@pytest.fixture(scope="module")
def digits() -> Digits:
    return few(load("practice"), 48, 40)  # three steps an epoch


class Counting(nn.Module):
    """Multiplies by a number that Python counts: a recording freezes it."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1
        return x * self.calls


class Reading(nn.Module):
    """Decides by a value: a recording refuses it."""

    def forward(self, x: Tensor) -> Tensor:
        return x / 2 if x.sum() > 0 else x


def network(*more: Layer) -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(
        *(nn.Conv2d(1, 8, 5, stride=2), nn.BatchNorm2d(8), nn.ReLU(), *(layer() for layer in more)),
        *(nn.Conv2d(8, 10, 5, stride=2), nn.AdaptiveAvgPool2d(1), nn.Flatten()),
    )


def trained(
    digits: Digits,
    recipe: Recipe,
    *more: Layer,
    seeds: tuple[int, ...] = (5,),
    bfloat16: bool = False,
) -> list[object]:
    """Train a network for each seed; return all that can be told of it, but for seconds."""
    networks = [network(*more) for _ in seeds]
    epochs = [
        (which, {**asdict(epoch), "seconds": 0, "test_seconds": 0})
        for which, epoch in train_captured(networks, digits, recipe, seeds, bfloat16=bfloat16)
    ]
    return [epochs, [[t.tolist() for t in net.state_dict().values()] for net in networks]]


def both_ways(
    monkeypatch: pytest.MonkeyPatch,
    digits: Digits,
    recipe: Recipe,
    *more: Layer,
    seeds: tuple[int, ...] = (5,),
    bfloat16: bool = False,
) -> tuple[list[object], list[object]]:
    """Train with steps that run, and with steps that are recorded and replayed."""
    ran = trained(digits, recipe, *more, seeds=seeds, bfloat16=bfloat16)
    with monkeypatch.context() as patch:
        record_without_a_gpu(patch)
        return ran, trained(digits, recipe, *more, seeds=seeds, bfloat16=bfloat16)


@pytest.mark.parametrize(("kind", "schedule"), PAIRS)
def test_every_optimizer_and_schedule(
    kind: str, schedule: str, digits: Digits, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = {"optimizer": KINDS[kind], "scheduler": SCHEDULES[schedule]}
    ran, replayed = both_ways(monkeypatch, digits, Recipe.read({**RECIPE.as_dict(), **parts}))
    assert ran == replayed


@pytest.mark.parametrize("bfloat16", [False, True], ids=["float32", "bfloat16"])
@pytest.mark.parametrize("dropout", [nn.Dropout, nn.Dropout2d, nn.AlphaDropout, nn.Identity])
def test_several_seeds_dropout_and_bfloat16(
    dropout: Layer, bfloat16: bool, digits: Digits, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds = (3, 4, 3)
    ran, replayed = both_ways(monkeypatch, digits, RECIPE, dropout, seeds=seeds, bfloat16=bfloat16)
    assert ran == replayed


# ---- controls: what a recording freezes or refuses shows -----------------------------------------


def test_a_rate_that_python_sets_within_the_step(
    digits: Digits, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_step, taken = RecordedTraining.one_step, Counter[RecordedTraining]()

    def with_its_rate(run: RecordedTraining) -> None:
        taken[run] += 1
        run.all_rates.fill_(0.01 * taken[run])
        one_step(run)

    monkeypatch.setattr(RecordedTraining, "one_step", with_its_rate)
    ran, replayed = both_ways(monkeypatch, digits, RECIPE)
    assert ran != replayed


def test_a_number_that_python_counts_in_the_network(
    digits: Digits, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran, replayed = both_ways(monkeypatch, digits, RECIPE, Counting)
    assert ran != replayed


def test_a_value_that_is_read(digits: Digits, monkeypatch: pytest.MonkeyPatch) -> None:
    trained(digits, RECIPE, Reading)  # which is no fault where nothing is recorded
    with pytest.raises(ValueRead, match="_local_scalar_dense"):
        both_ways(monkeypatch, digits, RECIPE, Reading)
