"""Muon trains the matrices of a network as torch's own does, and another optimizer the rest."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from course.data import Digits, load
from course.lesson import few
from course.recipe import Recipe, RecipeError
from course.recipe.effect import effect
from course.recipe.schedule import plan
from course.training import train
from course.training.captured import train_captured
from course.training.loop import quick_optimizer, set_rate
from course.training.muon import MuonAndRest, is_matrix

MUON: dict[str, Any] = {"name": "Muon", "lr": 0.05, "weight_decay": 0.01}
REST: dict[str, Any] = {"name": "SGD", "lr": 0.2, "momentum": 0.9}


def recipe(**more: Any) -> Recipe:
    return Recipe.read({"epochs": 2, "optimizer": {**MUON, "rest": REST}, **more})


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 3), nn.BatchNorm2d(6), nn.Conv2d(6, 6, 3, groups=6), nn.ReLU()),
        *(nn.Conv2d(6, 8, 1), nn.Conv2d(8, 10, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten()),
    )


def with_gradients(net: nn.Module) -> list[Tensor]:
    """Give every parameter a gradient, the same ones each time."""
    draws = torch.Generator().manual_seed(1)
    found = list(net.parameters())
    for p in found:
        p.grad = torch.randn(p.shape, generator=draws).to(memory_format=layout(p))
    return found


def layout(p: Tensor) -> torch.memory_format:
    return torch.contiguous_format if p.is_contiguous() else torch.channels_last


def test_matrices_are_the_kernels_that_mix_maps() -> None:
    named = {name for name, p in network().named_parameters() if is_matrix(p)}
    assert named == {"4.weight", "5.weight"}  # not the first one, nor the depthwise one, nor a bias
    assert not is_matrix(nn.Parameter(torch.ones(1, 8, 1, 1)))  # a scale for each map mixes none


def test_its_steps_are_those_of_torchs_own_two_optimizers() -> None:
    ours, theirs = network(), network()
    optimizer = quick_optimizer(recipe(), ours)
    matrices = [nn.Parameter(p.detach().flatten(1)) for p in theirs.parameters() if is_matrix(p)]
    others = [p for p in theirs.parameters() if not is_matrix(p)]
    muon = torch.optim.Muon(matrices, lr=0.05, weight_decay=0.01)
    sgd = torch.optim.SGD(others, lr=0.2, momentum=0.9, fused=True)
    for _ in range(3):
        with_gradients(ours)
        gradients = [p.grad for p in with_gradients(theirs) if is_matrix(p)]
        for matrix, gradient in zip(matrices, gradients, strict=True):
            assert gradient is not None
            matrix.grad = gradient.flatten(1)
        for one in (optimizer, muon, sgd):
            one.step()
    for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(a, b)
    before = list(network().parameters())
    assert not any(torch.equal(a, b) for a, b in zip(before, ours.parameters(), strict=True))


def test_a_kernel_that_lies_channels_last_makes_the_same_step() -> None:
    moved = []
    for form in (torch.contiguous_format, torch.channels_last):
        net = network().to(memory_format=form)  # type: ignore[call-overload]
        optimizer = quick_optimizer(recipe(), net)
        with_gradients(net)
        optimizer.step()
        moved.append([p.detach().contiguous() for p in net.parameters()])
    for a, b in zip(*moved, strict=True):
        assert torch.allclose(a, b, atol=0.05 * 2**-7)  # torch makes the step in bfloat16


def test_the_rest_follows_the_schedule_at_its_share_of_the_rate() -> None:
    made = recipe(scheduler={"name": "OneCycleLR", "max_lr": 0.1})
    rates = plan(made, 6_400)
    assert rates.momentum is not None
    optimizer = quick_optimizer(made, network())
    for step in (0, 50, 199):
        set_rate(optimizer, rates, step)
        muon, rest = optimizer.param_groups
        assert (muon["lr"], muon["momentum"]) == (rates.lr[step], rates.momentum[step])
        assert (rest["lr"], rest["momentum"]) == (4 * rates.lr[step], 0.9)


@pytest.mark.parametrize("kept", [True, False], ids=["only matrices", "no matrix"])
def test_a_network_may_have_matrices_alone_or_none(kept: bool) -> None:
    parameters = [p for p in network().parameters() if is_matrix(p) is kept]
    optimizer = MuonAndRest(recipe(), parameters)
    assert len(optimizer.parts) == 1
    before = [p.detach().clone() for p in parameters]
    for p in parameters:
        p.grad = torch.ones_like(p)
    optimizer.step()
    optimizer.zero_grad()
    assert all(p.grad is None for p in parameters)
    assert not any(torch.equal(a, b) for a, b in zip(before, parameters, strict=True))


def test_a_kernel_that_got_no_gradient_stays() -> None:
    net = network()
    optimizer = quick_optimizer(recipe(), net)
    with_gradients(net)
    net[4].weight.grad = None  # type: ignore[union-attr]
    before = [p.detach().clone() for p in net.parameters()]
    optimizer.step()
    stayed = [torch.equal(a, b) for a, b in zip(before, net.parameters(), strict=True)]
    assert [p is net[4].weight for p in net.parameters()] == stayed


@pytest.fixture(scope="module")
def digits() -> Digits:
    return few(load("practice"), 3_200, 500)


def test_it_learns_and_the_recorded_loop_learns_the_same(digits: Digits) -> None:
    slow = {**MUON, "lr": 0.01, "rest": {**REST, "lr": 0.04}}
    average = {"name": "EMA", "decay": 0.8, "every": 2}
    made = Recipe.read({"epochs": 2, "batch_size": 32, "optimizer": slow, "average": average})
    plain = list(train(network(), digits, made))
    recorded = [epoch for _, epoch in train_captured([network()], digits, made, [0])]
    for one, other in zip(plain, recorded, strict=True):
        assert other.train_loss == pytest.approx(one.train_loss, rel=0.02)  # bfloat16's rounding
    assert plain[1].train_correct > max(2 * plain[0].train_correct, 0.3 * plain[1].train_total)


def test_the_rest_is_the_usual_sgd_where_nothing_is_said() -> None:
    assert Recipe.read({"optimizer": {"name": "Muon"}}).optimizer["rest"] == Recipe().optimizer


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        ({"name": "Muon"}, "expected the name of a known optimizer of the rest, found 'Muon'"),
        ("SGD", "expected optimizer of the rest to be a dict with a name, found 'SGD'"),
        ({"name": "SGD", "lr": -1}, "expected lr of SGD to be"),
        ({"name": "SGD", "nesterov": True}, "expected a momentum above 0 with nesterov=True"),
    ],
    ids=str,
)
def test_what_cannot_train_the_rest_gets_a_sentence(rest: object, message: str) -> None:
    with pytest.raises(RecipeError, match=message) as caught:
        Recipe.read({"optimizer": {**MUON, "rest": rest}})
    assert caught.value.place[:2] == ("optimizer", "rest")


def test_two_ways_to_write_the_same_rates_are_one_training() -> None:
    still = {"scheduler": {"name": "OneCycleLR", "max_lr": 0.05, "cycle_momentum": False}}
    one = recipe(**still)
    twice = replace(
        one, optimizer={**one.as_dict()["optimizer"], "lr": 0.1, "rest": {**REST, "lr": 0.4}}
    )
    other = recipe(**still, optimizer={**MUON, "rest": {**REST, "lr": 0.4}})
    assert effect(one) == effect(twice) != effect(other)
    assert effect(one) != effect(
        recipe(**still, optimizer={**MUON, "rest": {**REST, "momentum": 0.8}})
    )
