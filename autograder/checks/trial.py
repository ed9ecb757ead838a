"""Find values that are the same for every image, by running the network on a few unlike images.

Numbers that no image changes are weights, even where convolutions computed them: a kernel that
slides over a single 1 among zeros writes itself over the whole map. Labels (labels.py) cannot see
this, since the operations are those of honest networks; three images can.
"""

import math

import torch
from torch import Tensor

from autograder.checks.labels import CHANNELS, Flow
from autograder.graph.network import Network
from autograder.graph.nodes import Graph
from autograder.graph.start import gains_of

CONTRASTS = (0.5, 1.0, 2.0)  # an image for each
STEADY = 0.01  # of the largest number: a smaller difference is no answer to an image


class Trial:
    """A run of the network, node by node, with weights that no student chose."""

    def __init__(self, graph: Graph) -> None:
        generator = torch.Generator().manual_seed(0)
        gains = gains_of(graph)
        # Never the file's own weights: zeros, say, would hide what they grow into.
        weights = {
            name: draw_weight(stored, generator) + float(name in gains)
            for name, stored in graph.stored().items()
        }
        self.network = Network(graph, weights).eval()
        images = torch.randn(len(CONTRASTS), 1, 28, 28, generator=generator)
        self.values: dict[int, Tensor] = {0: images * torch.tensor(CONTRASTS).view(-1, 1, 1, 1)}

    @torch.no_grad()
    def draws_one_map(self, made: int, flow: Flow) -> bool:
        """Run node number `made`; return whether its learned numbers are one map for all images.

        Steady numbers along the channels alone are no map: a layer may store as much openly, as a
        bias or a scale.
        """
        call = self.network.calls[made - 1]
        value = self.values[made] = self.network.value(call, self.values)
        for spent in call.spent:
            del self.values[spent]
        if not flow.learned:
            return False
        limit = STEADY * float(value.abs().max())
        # Asked this way round, since nan compares false: it is not steady.
        if not float((value - value[:1]).abs().max()) <= limit:
            return False
        maps = (axis for axis in range(1, value.dim()) if flow.axes[axis] != CHANNELS)
        return any(float((value.amax(axis) - value.amin(axis)).max()) > limit for axis in maps)


def draw_weight(stored: Tensor, generator: torch.Generator) -> Tensor:
    """Draw random numbers in the shape of a stored tensor, of a size that deep networks need.

    He's scale, sqrt(2 / inputs), neither drowns an image in many layers' numbers nor fades it.
    """
    scale = math.sqrt(2 / stored[0].numel()) if stored.dim() > 1 else 0.1
    return scale * torch.randn(stored.shape, generator=generator)
