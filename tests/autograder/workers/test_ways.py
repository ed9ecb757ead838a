"""A second thread helps to train a network of any kind, and not one bit tells that it did."""

import math
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch

from autograder.capture.entry import capture
from autograder.graph.network import Alone, Network
from autograder.graph.nodes import Graph
from autograder.workers import ways
from autograder.workers.split import split_sums
from autograder.workers.ways import TwoThreads, Way, find_way, with_help
from course.data import Digits, load
from course.lesson import few
from course.recipe import Recipe
from course.training.helper import Helper
from course.training.loop import NOBODY, train
from tests.helpers.networks import graph_of

pytestmark = pytest.mark.usefixtures("one_thread")

ROOT = Path(__file__).parents[3]

# Of 16 channels, torch's BatchNorm gives every thread some of the pixels; the second kernel that
# spans pixels makes the memory be laid out so (arrange_memory).
SIXTEEN = graph_of(
    "return self.head(self.norm(self.wide(x)).amax((2, 3), keepdim=True)).flatten(1)",
    "self.wide = nn.Sequential(nn.Conv2d(1, 16, 3), nn.Conv2d(16, 16, 3, 2))\n"
    "self.norm = nn.BatchNorm2d(16)\n"
    "self.head = nn.Conv2d(16, 10, 1)",
)
RECIPE = Recipe(epochs=2, batch_size=64)


def digits() -> Digits:
    return few(load("practice"), 700, 100)


def trained(
    graph: Graph, recipe: Recipe, alone: Alone, helper: object
) -> tuple[list[float], list[torch.Tensor]]:
    """Train with other digits than the trial saw; return the losses and all that was learned."""
    network = Network(graph)
    network.alone = alone
    epochs = list(train(network, digits(), recipe, seed=5, helper=helper))  # type: ignore[arg-type]
    losses = [loss for epoch in epochs for loss in (epoch.train_loss, epoch.test_loss)]
    return losses, list(network.state_dict().values())


@pytest.mark.parametrize("model", ["under_8k", "frontier/under_2000_muon"])
def test_a_second_thread_changes_no_bit(model: str) -> None:
    submission = capture((ROOT / "solutions" / model / "model.py").read_bytes())
    recipe = replace(Recipe.read(submission.recipe), epochs=1, scheduler=None)
    way = with_help(partial(Network, submission.graph), digits(), recipe)
    alone = way.alone if way else Alone()
    # Where torch's libraries split more than this finds, nobody helps.
    helpers = [NOBODY, Helper(), TwoThreads()] if way else [NOBODY]
    plain, *others = (trained(submission.graph, recipe, alone, helper) for helper in helpers)
    for losses, learned in others:
        assert losses == plain[0]
        assert all(map(torch.equal, learned, plain[1]))


def test_without_what_one_thread_keeps_the_bits_would_differ() -> None:
    alone = split_sums(Network(SIXTEEN).to(memory_format=torch.channels_last), 64)
    assert alone.forward
    assert alone.backward
    plain, kept, shared = (
        trained(SIXTEEN, RECIPE, *how)
        for how in ((Alone(), NOBODY), (alone, TwoThreads()), (Alone(), TwoThreads()))
    )
    assert plain[0] == kept[0] != shared[0]


def test_all_of_a_node_goes_back_on_one_thread() -> None:
    counts: list[int] = []

    class Watched(torch.autograd.Function):
        @staticmethod
        def forward(_: object, x: torch.Tensor) -> torch.Tensor:
            return x.clone()

        @staticmethod
        def backward(_: object, grad: torch.Tensor) -> torch.Tensor:
            counts.append(torch.get_num_threads())
            return grad

    graph = graph_of("return self.head(self.conv(x)).amax((2, 3))")
    network = Network(graph)
    for number, call in enumerate(network.calls, start=1):
        run = call.node.operation.run

        def twice(*args: object, run: object = run, **kwargs: object) -> torch.Tensor:
            inside = Watched.apply(run(*args, **kwargs))  # type: ignore[operator, no-untyped-call]
            return Watched.apply(inside) * 1  # type: ignore[no-untyped-call, no-any-return]

        operation = replace(call.node.operation, run=twice)
        node = replace(call.node, operation=operation)
        network.calls[number - 1] = replace(call, node=node)
    network.alone = Alone(backward=frozenset({2}))
    with TwoThreads():
        network(torch.rand(4, 1, 28, 28)).sum().backward()
    assert counts == [2, 2, 1, 1, 2, 2]  # from the last node to the first


def test_numbers_that_leave_a_thread_part_of_a_vector_stay_on_one() -> None:
    graph = graph_of("return F.silu(self.conv(x)).amax((2, 3))")  # 10 maps of 7 x 7
    silu = {n for n, node in enumerate(graph.nodes, start=1) if node.operation.name == "silu"}
    assert silu
    assert silu <= split_sums(Network(graph), 63).forward
    assert not silu & split_sums(Network(graph), 64).forward


def test_where_the_trial_shows_another_number_nobody_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways, "split_sums", lambda *_: Alone())  # as if it had found nothing
    assert with_help(partial(Network, SIXTEEN), digits(), RECIPE) is None
    assert torch.get_num_threads() == 1


@pytest.mark.parametrize(
    ("helped", "epochs", "found"), [(True, 143, True), (True, 142, False), (False, 143, False)]
)
def test_help_needs_a_core_and_a_training_that_is_worth_the_trial(
    helped: bool, epochs: int, found: bool
) -> None:
    way = find_way(partial(Network, SIXTEEN), digits(), replace(RECIPE, epochs=epochs), helped)
    assert way.helped is found  # of 700 images an epoch


def test_a_trial_that_fails_is_no_fault_of_the_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    def out_of_memory(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(ways, "split_sums", out_of_memory)
    assert find_way(partial(Network, SIXTEEN), digits(), replace(RECIPE, epochs=143), True) == Way()


def test_a_training_on_two_threads_keeps_them() -> None:
    torch.set_num_threads(2)
    way = find_way(partial(Network, SIXTEEN), digits(), replace(RECIPE, epochs=143), helped=True)
    assert not way.helped
    assert math.isfinite(way.pace.step)
    assert torch.get_num_threads() == 2
