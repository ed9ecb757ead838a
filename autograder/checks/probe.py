"""Run a rebuilt network with real numbers on a few random images, and see that it keeps them apart.

Following labels (flow.py) proves that no image's answer depends on another; this measures it, in
case the proof has a hole.
"""

import torch

from autograder.checks.flow import cannot_run
from autograder.graph.arguments import Refused
from autograder.graph.network import Network
from autograder.graph.nodes import Graph

IMAGES = 5
TOLERANCE = 1e-4  # of the largest score: torch may compute another batch size in another way


@torch.no_grad()
def probe(graph: Graph) -> None:
    """Refuse a network whose answers are not ten finite scores for each image by itself."""
    x = torch.randn(IMAGES, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    network = Network(graph).eval()
    order = torch.tensor([3, 0, 4, 1, 2])
    try:
        scores = network(x)  # (5, 10)
        if scores.shape != (IMAGES, 10):
            raise Refused(f"expected scores (N, 10), found (N, {list(scores.shape)[1:]})")
        if not torch.isfinite(scores).all():
            raise Refused("the network answers with nan or infinity before any training")
        permuted = network(x[order])
        split = torch.cat([network(x[:1]), network(x[1:3]), network(x[3:])])
    except Refused:
        raise
    except Exception as error:  # torch's words, whatever their kind
        raise cannot_run("the network", error) from None
    limit = TOLERANCE * max(1.0, float(scores.abs().max()))
    for other, how in ((permuted, "order"), (split, "number")):
        wanted = scores[order] if how == "order" else scores
        if other.shape != wanted.shape or float((other - wanted).abs().max()) > limit:
            raise Refused(f"an answer changes with the {how} of the other images in a batch")
