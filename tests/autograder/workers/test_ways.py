"""A second thread helps to train a network of any kind, and not one bit tells that it did."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch

from autograder.capture.entry import capture
from autograder.graph.network import Alone, Network
from autograder.graph.nodes import Graph
from autograder.workers import ways
from autograder.workers.ways import Way, find_way, with_help
from course.data import Digits, load
from course.lesson import few
from course.recipe import Recipe
from course.training.loop import train
from course.training.threads import Threads
from tests.helpers.networks import graph_of

ROOT = Path(__file__).parents[3]
MODELS = ["solutions/under_8k", "solutions/frontier/under_2000_muon"]

# Of 16 channels, torch's BatchNorm gives every thread some of the pixels; the second kernel that
# spans pixels makes the memory be laid out so (arrange_memory).
SIXTEEN = graph_of(
    "return self.head(self.norm(self.wide(x)).amax((2, 3), keepdim=True)).flatten(1)",
    "self.wide = nn.Sequential(nn.Conv2d(1, 16, 3), nn.Conv2d(16, 16, 3, 2))\n"
    "self.norm = nn.BatchNorm2d(16)\n"
    "self.head = nn.Conv2d(16, 10, 1)",
)
RECIPE = Recipe(epochs=2, batch_size=64)


@pytest.fixture(autouse=True)
def on_one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def digits() -> Digits:
    return few(load("practice"), 400, 200)


def trained(graph: Graph, recipe: Recipe, way: Way) -> tuple[list[float], list[torch.Tensor]]:
    """Train that way; return the losses and all that was learned."""
    network = Network(graph)
    network.alone = way.alone
    threads = Threads(*way.threads)
    training = train(network, digits(), recipe, watch=lambda _: threads.step_done())
    losses = [
        loss for epoch in threads.through(training) for loss in (epoch.train_loss, epoch.test_loss)
    ]
    return losses, list(network.state_dict().values())


@pytest.mark.parametrize("model", MODELS)
def test_a_second_thread_changes_no_bit(model: str) -> None:
    submission = capture((ROOT / model / "model.py").read_bytes())
    recipe = replace(Recipe.read(submission.recipe), epochs=1, scheduler=None)
    graph = submission.graph
    way = with_help(partial(Network, graph), digits(), recipe)
    assert way is not None
    assert way.threads == (1, 2)
    plain, helped = (trained(graph, recipe, w) for w in (Way((1,)), Way((2,), way.alone)))
    assert plain[0] == helped[0]
    assert all(map(torch.equal, plain[1], helped[1]))


def test_without_what_one_thread_keeps_the_bits_would_differ() -> None:
    way = with_help(partial(Network, SIXTEEN), digits(), RECIPE)
    assert way is not None
    assert way.alone.values
    assert way.alone.gradients
    plain, shared = (trained(SIXTEEN, RECIPE, Way((n,))) for n in (1, 2))
    assert plain[0] != shared[0]


def test_where_the_trial_shows_another_number_nobody_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways, "split_sums", lambda *_: Alone())  # as if it had found nothing
    assert with_help(partial(Network, SIXTEEN), digits(), RECIPE) is None
    assert torch.get_num_threads() == 1


@pytest.mark.parametrize(
    ("helped", "epochs", "threads"), [(True, 334, (1, 2)), (True, 333, (1,)), (False, 334, (1,))]
)
def test_help_needs_a_core_and_a_training_that_is_worth_the_trial(
    helped: bool, epochs: int, threads: tuple[int, ...]
) -> None:
    recipe = replace(RECIPE, epochs=epochs)  # of 6 steps
    way = find_way(partial(Network, SIXTEEN), digits(), recipe, helped)
    assert way.threads == threads


def test_a_training_on_two_threads_keeps_them() -> None:
    torch.set_num_threads(2)
    way = find_way(partial(Network, SIXTEEN), digits(), replace(RECIPE, epochs=500), helped=True)
    assert way.threads == (2,)
    assert way.pace.step > 0
