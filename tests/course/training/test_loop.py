"""The loop learns, repeats itself bit for bit, and averages as it says."""

from dataclasses import replace

import pytest
import torch
import torch.nn as nn

from course.data import Digits, load
from course.lesson import few
from course.recipe import Recipe
from course.recipe.schedule import plan
from course.training.averaging import EMA, SWA, NoAverage, average
from course.training.loop import answers, arrange_memory, evaluate, set_rate, train


@pytest.fixture(scope="module")
def digits() -> Digits:
    return few(load("practice"), 1_000, 500)


def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(
        *(nn.Conv2d(1, 8, 5, stride=2), nn.BatchNorm2d(8), nn.ReLU(), nn.Dropout2d(0.1)),
        *(nn.Conv2d(8, 10, 5, stride=2), nn.AdaptiveAvgPool2d(1), nn.Flatten()),
    )


SHORT = Recipe(epochs=2, batch_size=32, average={"name": "EMA", "decay": 0.9, "every": 2})


def test_training_learns(digits: Digits) -> None:
    epochs = list(train(network(), digits, replace(SHORT, epochs=5)))
    assert [epoch.epoch for epoch in epochs] == [1, 2, 3, 4, 5]
    assert epochs[-1].test_correct > 300  # of 500; guessing reads 50
    assert epochs[-1].train_loss < epochs[0].train_loss
    assert epochs[0].train_total == 31 * 32  # the last, smaller batch is dropped


def record(digits: Digits, seed: int) -> list[tuple[float, ...]]:
    epochs = train(network(), digits, SHORT, seed)
    return [(e.train_loss, e.train_correct, e.test_loss, e.test_correct, e.lr) for e in epochs]


def test_same_seed_gives_the_same_numbers_and_another_seed_others(digits: Digits) -> None:
    first = record(digits, seed=3)
    torch.rand(7)  # whatever else drew random numbers in between
    assert record(digits, seed=3) == first
    assert record(digits, seed=4) != first


def test_watch_is_told_of_every_step(digits: Digits) -> None:
    steps: list[int] = []
    list(train(network(), digits, SHORT, watch=steps.append))
    assert steps == list(range(1, 63))


def test_rates_and_momenta_reach_the_optimizer() -> None:
    recipe = Recipe(epochs=1, batch_size=10)  # OneCycleLR moves momentum too
    rates = plan(recipe, 100)
    assert rates.momentum is not None
    for optimizer in ({"name": "SGD", "lr": 0.1, "momentum": 0.9}, {"name": "Adam", "lr": 0.1}):
        made = replace(recipe, optimizer=optimizer).build_optimizer(
            [torch.zeros(1, requires_grad=True)]
        )
        set_rate(made, rates, 4)
        [group] = made.param_groups
        moved = group["betas"][0] if "betas" in group else group["momentum"]
        assert (group["lr"], moved) == (rates.lr[4], rates.momentum[4])


@pytest.mark.parametrize(
    ("layers", "channels_last"),
    [
        ([nn.Conv2d(1, 8, 3), nn.Conv2d(8, 10, 1)], False),  # one kernel over pixels, one channel
        ([nn.Conv2d(1, 8, 3), nn.Conv2d(8, 8, 3)], True),
        ([nn.Conv2d(1, 8, 3), nn.Conv2d(8, 8, 3, groups=8)], True),  # depthwise: 1.6 times as fast
        ([nn.Flatten(), nn.Linear(784, 10)], False),
    ],
)
def test_channels_stand_last_where_kernels_gain_by_it(
    layers: list[nn.Module], channels_last: bool
) -> None:
    network = nn.Sequential(*layers)
    asked = []
    network.to = lambda **options: asked.append(options)  # type: ignore[method-assign,assignment]
    arrange_memory(network)
    assert asked == ([{"memory_format": torch.channels_last}] if channels_last else [])


def test_evaluation_counts_exactly_and_moves_nothing(digits: Digits) -> None:
    net = network()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    loss, correct = evaluate(net, digits)
    x = (digits.test_images.unsqueeze(1) / 255 - digits.mean) / digits.std
    with torch.no_grad():
        assert correct == int((net(x).argmax(1) == digits.test_labels).sum())
    assert loss > 0
    assert all(torch.equal(before[name], value) for name, value in net.state_dict().items())


def test_ema_is_torchs_own() -> None:
    net = nn.Linear(3, 2)
    ours = EMA(net, steps=10, decay=0.9, every=1)
    theirs = torch.optim.swa_utils.AveragedModel(
        net, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.9)
    )
    for step in range(5):
        nn.init.normal_(net.weight)
        ours.update(step)
        theirs.update_parameters(net)
    with ours.applied():
        assert torch.allclose(net.weight, theirs.module.weight)
    assert not torch.allclose(net.weight, theirs.module.weight)  # put back afterwards


def test_swa_is_the_equal_mean_from_its_epoch_on() -> None:
    net = nn.Linear(2, 2, bias=False)
    swa = SWA(net, steps=3, start=2, every=1)
    seen = []
    for step in range(6):
        nn.init.normal_(net.weight)
        swa.update(step)
        seen.append(net.weight.detach().clone())
    with swa.applied():
        assert torch.allclose(net.weight, torch.stack(seen[3:]).mean(0))


def test_a_recipe_chooses_its_average() -> None:
    net = nn.Linear(1, 1)
    assert type(average(net, replace(SHORT, average=None), 1)) is NoAverage
    assert type(average(net, SHORT, 1)) is EMA
    swa = average(net, replace(SHORT, average={"name": "SWA", "start": 2}), steps=7)
    assert isinstance(swa, SWA)
    assert (swa.first_step, swa.every) == (7, 10)


def test_an_epoch_is_yielded_with_the_weights_that_were_tested(digits: Digits) -> None:
    net = network()
    for epoch in train(net, digits, SHORT):
        held = [tensor.clone() for tensor in net.state_dict().values()]
        assert evaluate(net, digits) == (epoch.test_loss, epoch.test_correct)
    after = net.state_dict().values()  # those that were trained, not their average
    assert not all(torch.equal(one, other) for one, other in zip(held, after, strict=True))


def test_answers_are_those_that_were_counted_and_how_sure_they_are(digits: Digits) -> None:
    net = network()
    read, sure = answers(net, digits)
    assert int((read == digits.test_labels).sum()) == evaluate(net, digits)[1]
    x = (digits.test_images.unsqueeze(1) / 255 - digits.mean) / digits.std
    with torch.no_grad():
        assert torch.allclose(sure, net(x).softmax(1).max(1).values, atol=1e-5)
