"""Which values are the same for every image: seen by running the network on a few unlike images.

Numbers that no image changes are weights, though convolutions computed them: a kernel that slides
over a lone one draws itself over the whole map. Labels (labels.py) cannot tell; three images can.
"""

import math

import torch
from torch import Tensor

from autograder.checks.labels import CHANNELS, Flow
from autograder.graph.arguments import Stored
from autograder.graph.nodes import Graph, Network

CONTRASTS = (0.5, 1.0, 2.0)  # an image for each
STEADY = 0.01  # of the largest number: less than this is no answer to an image


class Trial:
    """A run of the network, node by node, with weights that no student chose."""

    def __init__(self, graph: Graph) -> None:
        generator = torch.Generator().manual_seed(0)
        gains = {node.args.get("weight") for node in graph.nodes if "norm" in node.operation.family}
        weights = {
            # Never the file's own: a weight of zeros would hide what it grows into.
            name: spread(stored, generator) + float(Stored(name) in gains)
            for name, stored in graph.stored().items()
        }
        self.network = Network(graph, weights).eval()
        images = torch.randn(len(CONTRASTS), 1, 28, 28, generator=generator)
        self.values: dict[int, Tensor] = {0: images * torch.tensor(CONTRASTS).view(-1, 1, 1, 1)}

    @torch.no_grad()
    def fixed(self, made: int, flow: Flow) -> bool:
        """Run node number `made`; tell whether it draws one map for all images.

        That is, of learned numbers; one for each channel is no map, a layer may store as much.
        """
        call = self.network.calls[made - 1]
        value = self.values[made] = self.network.value(call, self.values)
        for spent in call.spent:
            del self.values[spent]
        if not flow.learned:
            return False
        limit = STEADY * float(value.abs().max())
        if not float((value - value[:1]).abs().max()) <= limit:  # what is no number is not steady
            return False
        maps = (axis for axis in range(1, value.dim()) if flow.axes[axis] != CHANNELS)
        return any(float((value.amax(axis) - value.amin(axis)).max()) > limit for axis in maps)


def spread(stored: Tensor, generator: torch.Generator) -> Tensor:
    """Draw numbers that neither drown an image's own on its way through many layers nor fade it."""
    scale = math.sqrt(2 / stored[0].numel()) if stored.dim() > 1 else 0.1
    return scale * torch.randn(stored.shape, generator=generator)
