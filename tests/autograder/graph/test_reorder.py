"""A ReLU runs after the max pool that follows it, and not one bit is different."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from autograder.graph.network import Network
from autograder.graph.nodes import Graph
from autograder.graph.rules.layers import pool_first
from tests.helpers.networks import graph_of


def names(graph: Graph) -> list[str]:
    return [node.operation.name for node in graph.nodes]


def results(graph: Graph) -> list[Tensor]:
    """Return the scores and every gradient of one training step."""
    torch.manual_seed(0)
    x, y = torch.randn(64, 1, 28, 28), torch.randint(10, (64,))
    network = Network(graph).train()
    scores = network(x)
    F.cross_entropy(scores, y).backward()  # type: ignore[no-untyped-call]
    return [scores.detach(), *(p.grad for p in network.parameters() if p.grad is not None)]


POOLS = {
    "two by two": "x = F.max_pool2d(F.relu(self.conv(x)), 2)",
    "overlapping, with a border": "x = F.max_pool2d(F.relu(self.conv(x)), 3, 1, 1)",
    "dilated, the last one cut off": "x = F.max_pool2d(F.relu(self.conv(x)), 2, 2, 0, 2, True)",
    "pooled twice": "x = F.max_pool2d(F.max_pool2d(F.relu(self.conv(x)), 3, 2), 2)",
    "two of them": "x = F.max_pool2d(F.relu(self.conv(x)), 2)\n"
    "x = F.max_pool2d(F.relu(self.head(x)), 2)",
}


@pytest.mark.parametrize("forward", POOLS.values(), ids=POOLS.keys())
def test_the_pool_runs_first_and_no_bit_changes(forward: str) -> None:
    graph = graph_of(f"{forward}\nreturn self.head(x).mean((2, 3))")
    quicker = pool_first(graph)
    found = names(quicker)
    assert sorted(found) == sorted(names(graph))
    assert found.index("max_pool2d") < found.index("relu")
    for slow, quick in zip(results(graph), results(quicker), strict=True):
        assert torch.equal(slow, quick)


LEFT_ALONE = {
    "read by another as well": "x = F.relu(self.conv(x))\n"
    "return self.head(F.max_pool2d(x, 7)).flatten(1) + x.mean((2, 3))",
    "another activation": "return self.head(F.max_pool2d(F.gelu(self.conv(x)), 7)).flatten(1)",
    "another pool": "return self.head(F.avg_pool2d(F.relu(self.conv(x)), 7)).flatten(1)",
    "the pool reads something else": "x = self.conv(x)\ny = F.relu(x)\n"
    "return F.max_pool2d(x, 7).flatten(1) + self.head(y).mean((2, 3))",
}


@pytest.mark.parametrize("forward", LEFT_ALONE.values(), ids=LEFT_ALONE.keys())
def test_where_it_would_change_something_the_order_stays(forward: str) -> None:
    graph = graph_of(forward)
    assert names(pool_first(graph)) == names(graph)
