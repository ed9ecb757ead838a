"""The plain loop and the recorded one do the same at every step.

Both loops train the same network, and a diary notes what each did: the batch, the loss, the
gradient, the rate, the weights, the optimizer's state, and the averaged weights of every test.
Without a GPU the recorded step runs unrecorded, so all of it is tested here but the recording; with
one (`make test` on a machine that has it) the same tests record and replay.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace

import pytest
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import Tensor
from torch.optim.optimizer import register_optimizer_step_post_hook

from course.data import Digits, load
from course.epoch import Epoch
from course.lesson import few
from course.recipe import Recipe
from course.training import train
from course.training.captured import train_captured
from course.training.loop import evaluate

pytestmark = pytest.mark.usefixtures("one_thread")

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
BATCH = 64
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
# float32 keeps 24 bits of a number: 6e-8 of it. The recorded loop keeps its rates so, and both
# round their scores so. 1e-6 leaves room for that to add up over twenty steps, and no more: the
# weakest term of any recipe here, a weight decay of 1e-3 at a rate of 0.1, moves a weight by 1e-4
# of itself in every step.
CLOSE = 1e-6


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


class Double(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x.double()


Watch = Callable[[int], None]
Training = Callable[[nn.Module, Watch], Iterable[Epoch]]


@dataclass
class Diary:
    """What a training did, noted from outside after every step and at every test."""

    steps: list[dict[str, Tensor]] = field(default_factory=list)
    tests: list[dict[str, Tensor]] = field(default_factory=list)  # the weights that were tested
    epochs: list[Epoch] = field(default_factory=list)


def diary_of(training: Training, monkeypatch: pytest.MonkeyPatch) -> Diary:
    """Train a network in double precision and note what happens.

    In double precision the order of additions, which differs between the loops and between
    processors, changes a number's 16th digit instead of its 7th, and the loops stay together.
    """
    diary = Diary()
    net = nn.Sequential(Double(), network().double()).to(DEVICE)
    # Written in place, so that a step which is recorded and replayed on a GPU writes them too.
    images = torch.zeros(BATCH, 1, 28, 28, device=DEVICE)
    labels = torch.zeros(BATCH, dtype=torch.int64, device=DEVICE)
    last_loss = torch.zeros((), device=DEVICE)
    optimizers: list[torch.optim.Optimizer] = []  # those that took a step; the last is the one
    cross_entropy = F.cross_entropy

    def note_images(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        if net.training:
            images.copy_(inputs[0])
        else:
            diary.tests.append({k: t.detach().cpu().clone() for k, t in net.state_dict().items()})

    def note_loss(scores: Tensor, y: Tensor, **options: object) -> Tensor:
        loss: Tensor = cross_entropy(scores, y, **options)  # type: ignore[arg-type]
        if net.training:
            labels.copy_(y)
            last_loss.copy_(loss.detach())
        return loss

    def note_step(_: int) -> None:
        if DEVICE == "cuda":
            torch.cuda.synchronize()
        seen = {"images": images, "labels": labels, "loss": last_loss}
        found = {**seen, **optimizer_notes(optimizers[-1]), **dict(net.named_buffers())}
        diary.steps.append({name: tensor.cpu().clone() for name, tensor in found.items()})

    net.register_forward_pre_hook(note_images)
    handle = register_optimizer_step_post_hook(lambda one, *_: optimizers.append(one))
    with monkeypatch.context() as patch:
        patch.setattr(F, "cross_entropy", note_loss)
        diary.epochs.extend(training(net, note_step))
    handle.remove()
    return diary


def optimizer_notes(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """Return an optimizer's rate, weights, gradients and state, each as one row of numbers.

    The plain loop keeps a tensor for each parameter, the recorded loop one for all of them.
    """
    [group] = optimizer.param_groups
    parameters: list[Tensor] = group["params"]
    notes = {
        "rate": torch.tensor(float(group["lr"])),
        "momentum": torch.tensor(group.get("betas", group.get("momentum", 0.0))),
        "weights": torch.cat([p.detach().flatten() for p in parameters]),
        "gradient": torch.cat([p.grad.flatten() for p in parameters if p.grad is not None]),
    }
    for key in optimizer.state[parameters[0]]:
        parts = [optimizer.state[p][key] for p in parameters]
        if parts[0] is not None:  # SGD without momentum names a buffer and keeps none
            row = torch.cat([part.flatten() for part in parts])
            # These count the same steps for every parameter: one number, or something is wrong.
            notes[f"state {key}"] = torch.unique(row) if key in ("step", "mu_product") else row
    return notes


def assert_alike(ours: dict[str, Tensor], theirs: dict[str, Tensor], where: str) -> None:
    assert ours.keys() == theirs.keys(), where
    for name, our in ours.items():
        their = theirs[name]
        assert our.shape == their.shape, f"{where}, {name}"
        largest = float(their.abs().max())  # small numbers among them are sums of large ones
        allowed = 0.0 if name in ("images", "labels") else CLOSE * largest
        difference = float((our - their).abs().max())
        assert difference <= allowed, f"{where}: {name} differ by {difference}, not {allowed}"


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda o: "-".join(map(str, o.values())))
@pytest.mark.parametrize("scheduler", [None, STILL, ONE_CYCLE], ids=["flat", "rate", "momentum"])
def test_both_loops_train_alike(
    digits: Digits,
    optimizer: dict[str, object],
    scheduler: dict[str, object] | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cycles = scheduler is ONE_CYCLE and optimizer["name"] != "Adagrad"
    recipe = Recipe.read(
        {
            "epochs": 2,  # of ten steps
            "batch_size": BATCH,
            "optimizer": optimizer,
            "scheduler": scheduler if cycles or scheduler is None else STILL,
            "augment": [{"name": "RandomAffine", "degrees": 6, "translate": (0.05, 0.05)}],
            "label_smoothing": 0.05,
            "average": {"name": "EMA", "decay": 0.8, "every": 2},
        }
    )

    def one(net: nn.Module, watch: Watch) -> Iterator[Epoch]:
        epochs = train_captured([net], digits, recipe, [5], lambda _, step: watch(step))
        return (epoch for _, epoch in epochs)

    ours = diary_of(one, monkeypatch)
    theirs = diary_of(lambda net, watch: train(net, digits, recipe, 5, watch), monkeypatch)
    assert len(ours.steps) == len(theirs.steps) == 20
    for step, (our, their) in enumerate(zip(ours.steps, theirs.steps, strict=True), start=1):
        assert_alike(our, their, f"step {step}")
    for number, (our, their) in enumerate(zip(ours.tests, theirs.tests, strict=True), start=1):
        assert_alike(our, their, f"test of epoch {number}")
    for told, expected in zip(ours.epochs, theirs.epochs, strict=True):
        assert (told.lr, told.train_total, told.test_total) == (expected.lr, 640, 300)
        assert told.train_loss == pytest.approx(expected.train_loss, rel=CLOSE)
        assert told.test_loss == pytest.approx(expected.test_loss, rel=CLOSE)
        # A digit for which two answers score the same may fall either way.
        assert abs(told.train_correct - expected.train_correct) <= 1
        assert abs(told.test_correct - expected.test_correct) <= 1


def plain(digits: Digits, recipe: Recipe, seed: int) -> list[Epoch]:
    return list(train(network(), digits, recipe, seed))


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


def test_an_epoch_is_yielded_with_the_weights_that_were_tested(digits: Digits) -> None:
    nets = [network(), network()]
    for which, epoch in train_captured(nets, digits, SHORT, [3, 4]):
        loss, correct = evaluate(nets[which], digits)
        assert (loss, correct) == (pytest.approx(epoch.test_loss), epoch.test_correct)


def test_warming_up_leaves_no_trace(digits: Digits) -> None:
    # One step in all, fewer than the warm-up takes: its loss is that of the untouched weights.
    recipe = replace(SHORT, epochs=1, batch_size=700, augment=(), average=None)
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
    recipe = replace(SHORT, augment=(), average=None)
    exact = plain(digits, recipe, 1)[-1].train_loss
    rounded = list(train(network(), digits, recipe, 1, bfloat16=True))[-1].train_loss
    [(_, _), (_, recorded)] = list(train_captured([network()], digits, recipe, [1], bfloat16=True))
    assert exact != rounded == pytest.approx(exact, rel=0.05)
    assert recorded.train_loss == pytest.approx(exact, rel=0.05)
