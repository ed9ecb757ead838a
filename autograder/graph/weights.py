"""The weights that a training starts from: the student's own numbers, in another order."""

import torch
from torch import Tensor

from autograder.graph.arguments import Argument, Stored
from autograder.graph.nodes import Graph


def initial_weights(graph: Graph, seed: int) -> dict[str, Tensor]:
    """Shuffle the elements within each initial weight and reset BatchNorm.

    An honest random initialisation is the same in distribution afterwards; a smuggled,
    pretrained one is destroyed. The same shuffle gives every seed its own start.
    """
    generator = torch.Generator().manual_seed(seed)
    reset: dict[Argument, float] = {}
    for node in graph.nodes:
        if node.operation.name == "batch_norm":
            reset |= {node.args["weight"]: 1.0, node.args["bias"]: 0.0}
    weights = {}
    for name, tensor in graph.stored().items():
        order = torch.randperm(tensor.numel(), generator=generator)
        shuffled = tensor.flatten()[order].reshape(tensor.shape)
        start = reset.get(Stored(name))
        weights[name] = shuffled if start is None else torch.full_like(tensor, start)
    return weights
