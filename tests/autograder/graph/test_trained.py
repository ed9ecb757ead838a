"""A trained network keeps the student's names and shapes, whatever form it was trained in."""

import pytest
import torch
from safetensors.torch import load

from autograder.graph.arguments import Refused
from autograder.graph.canonical import canonical
from autograder.graph.network import Network
from autograder.graph.nodes import Graph
from autograder.graph.reorder import ready_to_train
from autograder.graph.submission import Submission
from autograder.graph.trained import pack, unpack
from tests.helpers.networks import graph_of

X = torch.randn(3, 1, 28, 28, generator=torch.Generator().manual_seed(0))


def trained(graph: Graph) -> Network:
    """Return a network whose weights and statistics are no longer those of any start."""
    network = ready_to_train(graph, 1).eval()
    for tensor in (*network.parameters(), *network.buffers()):
        tensor.data.uniform_(0.5, 1.5, generator=torch.Generator().manual_seed(tensor.numel()))
    return network


def test_names_shapes_and_statistics_are_the_students_own() -> None:
    graph = graph_of("return self.head(self.norm(self.conv(x))).mean((2, 3))", NORM)
    network = trained(graph)
    content = pack(Submission(graph, None, "Net"), network)
    weights = load(content)
    assert {name: tuple(tensor.shape) for name, tensor in weights.items()} == {
        "conv.weight": (10, 1, 3, 3),
        "conv.bias": (10,),
        "norm.weight": (10,),
        "norm.bias": (10,),
        "norm.running_mean": (10,),
        "norm.running_var": (10,),
        "head.weight": (10, 10, 1, 1),
        "head.bias": (10,),
    }
    assert torch.equal(unpack(content)(X), network(X))


NORM = "self.norm = nn.BatchNorm2d(10)"
# Stored by the student in another shape, or order of axes, than what is trained.
MOVED = [
    ("self.w = nn.Parameter(torch.randn(10, 90))", "self.w.view(10, 10, 3, 3)"),
    ("self.w = nn.Parameter(torch.randn(3, 3, 10, 10))", "self.w.permute(3, 2, 0, 1)"),
]


@pytest.mark.parametrize(("made", "used"), MOVED)
def test_a_weight_that_is_trained_in_another_form_is_put_back(made: str, used: str) -> None:
    forward = f"return F.conv2d(self.conv(x), {used}).mean((2, 3))"
    graph = graph_of(forward, made)
    network = trained(graph)
    content = pack(Submission(graph, None, "Net"), network)
    weights = load(content)
    assert weights["w"].shape == graph.tensors["w"].shape
    assert canonical(graph).tensors["w"].shape != graph.tensors["w"].shape
    # By the student's own formula, on the weights that a student would load.
    w = eval(used, {"self": type("Net", (), {"w": weights["w"]})})
    hidden = torch.conv2d(X, weights["conv.weight"], weights["conv.bias"], stride=4)
    expected = torch.conv2d(hidden, w).mean((2, 3))
    with torch.no_grad():
        assert torch.allclose(network(X), expected, rtol=1e-4)
        assert torch.equal(unpack(content)(X), network(X))


def test_what_is_rebuilt_of_a_file_is_read_as_if_an_enemy_had_written_it() -> None:
    with pytest.raises(Refused, match="found bytes that are not one"):
        unpack(b"nothing of ours")
