"""Every operation's forward runs on a GPU that is only pretended: tensors without any numbers.

torch follows their shapes, types and devices. A tensor that was left on the processor, or a number
that Python asks for, is an error there, as on a GPU; the controls at the end see both.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import (
    DataDependentOutputException,
    FakeTensorDeviceMismatchError,
    FakeTensorMode,
)

from autograder.checks.flow import follow_labels
from autograder.graph.arguments import Refused
from autograder.graph.network import Network
from autograder.graph.nodes import Graph
from autograder.graph.operations import OPERATIONS
from autograder.graph.reading import read
from course.training.augment import BY_NAME, Augment
from tests.fuzz.operations import Draw
from tests.helpers.networks import graph_of

TRIES = 400  # of arguments drawn at random, until some fit together
# Seldom drawn: three tensors must fit together.
WRITTEN = {
    "addmm": "x = self.conv(x).mean((2, 3))\n"
    "return torch.addmm(self.head.bias, x, self.head.weight.flatten(1))"
}


@contextmanager
def pretended_gpu() -> Iterator[None]:
    """Make every tensor that is made within on a GPU, and without numbers."""
    with FakeTensorMode(), torch.device("cuda"):
        yield


def runs_there(graph: Graph) -> bool:
    """Run a network as in training and as in a test; return whether its answers lie on the GPU."""
    with pretended_gpu():
        weights = {name: torch.empty(tensor.shape) for name, tensor in graph.tensors.items()}
        network, x = Network(graph, weights), torch.empty(7, 1, 28, 28)
        answers = [network.train(mode)(x) for mode in (True, False)]
        return {answer.device.type for answer in answers} == {"cuda"}


def drawn(operation: str) -> Graph | None:
    """Draw a small graph that ends in an operation and can run."""
    draw = Draw(seed=1)
    for _ in range(TRIES):
        document = draw.document(operation)
        try:
            if document is not None:
                graph = read(document).graph
                follow_labels(graph)
                return graph
        except Refused:
            pass
    return None


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_runs_on_a_gpu(operation: str) -> None:
    graph = graph_of(WRITTEN[operation]) if operation in WRITTEN else drawn(operation)
    assert graph is not None
    assert operation in {node.operation.name for node in graph.nodes}
    assert runs_there(graph)


@pytest.mark.parametrize("name", BY_NAME)
def test_every_augmentation_runs_on_a_gpu(name: str) -> None:
    needed = {
        "RandomAffine": {"degrees": 6},
        "RandomRotation": {"degrees": 6},
        "RandomCrop": {"size": 28, "padding": 2},
    }
    [transform] = Augment([{"name": name, **needed.get(name, {})}]).transforms
    # A GPU's generator cannot be pretended, so what it would draw is given the shapes of.
    parts = transform.draw(torch.zeros(7, 1, 28, 28), torch.Generator())
    with pretended_gpu():
        given = [torch.empty(part.shape, dtype=part.dtype) for part in parts]
        moved = transform.apply(torch.empty(7, 1, 28, 28), *given)
        assert (moved.device.type, moved.shape) == ("cuda", (7, 1, 28, 28))


# ---- controls ------------------------------------------------------------------------------------


class LeftBehind(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x * torch.ones(28, device="cpu")


class Asking(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x / 2 if x.sum() > 0 else x


@pytest.mark.parametrize(
    ("wrong", "error"),
    [(LeftBehind, FakeTensorDeviceMismatchError), (Asking, DataDependentOutputException)],
)
def test_what_a_gpu_would_not_bear_is_an_error(
    wrong: type[nn.Module], error: type[Exception]
) -> None:
    wrong()(torch.ones(7, 1, 28, 28))  # on a processor it is none
    with pretended_gpu(), pytest.raises(error):
        wrong()(torch.empty(7, 1, 28, 28))
