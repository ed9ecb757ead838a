"""What every value is made of: its shape, and which axes hold positions of the image.

The graph is run once on shapes alone while each axis carries labels: N for the batch, C for
channels, H and W for rows and columns. Labels follow the axes through every operation, so that
a fully connected layer is recognised by what it does, a product of learned numbers with
features taken from several positions, however it is spelled. The batch may never be mixed: an
answer about one image must not depend on another.
"""

from dataclasses import replace

import torch
from torch import Tensor

from autograder.checks.labels import PROBE, Dense, Findings, Flow, Step
from autograder.checks.trial import Trial
from autograder.graph.arguments import Refused
from autograder.graph.nodes import Graph, Network
from autograder.words import first_line

__all__ = ["PROBE", "Dense", "Findings", "Flow", "follow"]

MOST_VALUES = 2**23  # numbers in all values for one image: eight times the stock network


def follow(graph: Graph) -> Findings:
    """Run the graph on shapes, following labels; refuse what mixes images or has no meaning."""
    findings = Findings()
    axes = (frozenset("N"), frozenset("C"), frozenset("H"), frozenset("W"))
    findings.flows.append(Flow((PROBE, 1, 28, 28), axes))
    network = Network(graph).to("meta").train()
    values: dict[int, Tensor] = {0: torch.empty(PROBE, 1, 28, 28, device="meta")}
    trial = Trial(graph)
    total = 0
    for index, node in enumerate(graph.nodes, start=1):
        name = f"{node.at}{node.operation.name}"
        try:
            arguments = {key: network.resolve(arg, values) for key, arg in node.args.items()}
            value = node.operation.run(**arguments)
        except Exception as error:  # torch's words for shapes that do not fit, whatever their kind
            raise unfit(name, error) from None
        if not isinstance(value, Tensor) or value.dtype != torch.float32 or value.numel() == 0:
            raise Refused(f"{name} yields something else than numbers")
        total += value.numel() // PROBE
        if total > MOST_VALUES:
            raise Refused(f"{name} is one too many: more than {MOST_VALUES:,} numbers an image")
        values[index] = value
        try:
            flow = Step(node, graph, findings).flow(tuple(value.shape))
        except (IndexError, ValueError, KeyError):  # more or fewer axes than the operation is for
            raise Refused(f"{name} may not be used on these axes") from None
        try:
            fixed = trial.fixed(index, flow)
        except Exception as error:  # with numbers torch looks closer than on shapes alone
            raise unfit(name, error) from None
        findings.flows.append(replace(flow, fixed=fixed))
    return findings


def unfit(name: str, error: Exception) -> Refused:
    """Say in torch's own words why an operation cannot run."""
    return Refused(f"{name} cannot run: {first_line(error, 160)}")
