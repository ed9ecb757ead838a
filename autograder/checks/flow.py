"""Follow every axis of a network: what it holds, where a dense layer is, that no images are mixed.

    findings = follow_labels(graph)     # or Refused, with a sentence
    findings.dense                      # each fully connected layer, however it is spelled

The graph is run once on shapes alone while each axis carries labels (labels.py explains them, with
an example). The batch may never be mixed: an answer about one image must not depend on another.
"""

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor

from autograder.checks.families import joins, layers, products, rearranging
from autograder.checks.families.step import Step
from autograder.checks.labels import BATCH_SIZE, NONE, Axes, Findings, Flow, Shape
from autograder.checks.trial import Trial
from autograder.graph.arguments import Refused
from autograder.graph.network import Network
from autograder.graph.nodes import Graph, Node
from autograder.graph.operations import OPERATIONS
from autograder.words import summary_of

MOST_VALUES = 2**23  # numbers in all values for one image: eight times the stock network

# By the family that operations.py gives an operation: what it does to the labels of the axes.
FAMILIES: dict[str, Callable[[Step, Shape], Axes]] = {
    "pointwise": rearranging.keep,
    "dropout": rearranging.keep,
    "convolution": layers.convolution,
    "batch_norm": layers.channel_norm,
    "norm": layers.channel_norm,
    "layer_norm": layers.layer_norm,
    "elementwise": joins.elementwise,
    "join": joins.join,
    "pool": joins.pool,
    "reduce": joins.reduce,
    "softmax": joins.softmax,
    "permute": rearranging.permute,
    "reshape": rearranging.reshape,
    "expand": rearranging.expand,
    "shuffle": rearranging.shuffle,
    "roll": rearranging.roll,
    "cut": rearranging.cut,
    "pad": rearranging.pad,
    "product": products.product,
}
# A new family without a rule is found here, when the module loads, and not by a student.
assert set(FAMILIES) == {operation.family for operation in OPERATIONS.values()}


def follow_labels(graph: Graph) -> Findings:
    """Run the graph on shapes, following labels; refuse what mixes images or has no meaning."""
    findings = Findings()
    images = (BATCH_SIZE, 1, 28, 28)
    findings.flows.append(Flow(images, tuple(frozenset(letter) for letter in "NCHW")))
    # On torch's "meta" device a tensor is a shape without numbers, so this costs next to nothing.
    network = Network(graph).to("meta").train()
    values: dict[int, Tensor] = {0: torch.empty(images, device="meta")}
    trial = Trial(graph)
    total = 0
    for index, node in enumerate(graph.nodes, start=1):
        value = values[index] = run_on_shapes(network, node, values)
        total += value.numel() // BATCH_SIZE
        if total > MOST_VALUES:
            size = f"its values hold more than {MOST_VALUES:,} numbers for each image"
            raise Refused(f"{line_and_name(node)} makes the network too large: {size}")
        try:
            flow = label_result(Step(node, graph, findings), tuple(value.shape))
        except (IndexError, ValueError, KeyError):  # more or fewer axes than the operation is for
            raise Refused(f"{line_and_name(node)} may not be used on these axes") from None
        try:
            fixed = trial.draws_one_map(index, flow)
        except Exception as error:  # with numbers torch looks closer than on shapes alone
            raise cannot_run(line_and_name(node), error) from None
        findings.flows.append(replace(flow, fixed=fixed))
    return findings


def run_on_shapes(network: Network, node: Node, values: dict[int, Tensor]) -> Tensor:
    """Run one operation on tensors without numbers, for the shape of its result."""
    try:
        arguments = {name: network.resolve(arg, values) for name, arg in node.args.items()}
        result: object = node.operation.run(**arguments)
    except Exception as error:  # torch's words for shapes that do not fit, whatever their kind
        raise cannot_run(line_and_name(node), error) from None
    # An operation on two numbers yields a number, and an empty slice yields nothing.
    if not isinstance(result, Tensor) or result.dtype != torch.float32 or result.numel() == 0:
        raise Refused(f"{line_and_name(node)} yields something else than numbers")
    return result


def line_and_name(node: Node) -> str:
    """Say which operation of the network is meant: "line 12: conv2d"."""
    return f"{node.at}{node.operation.name}"


def label_result(step: Step, shape: Shape) -> Flow:
    """Return the flow of an operation's result, noting a dense layer on the way."""
    step.check_axes()
    if all(flow.stored for flow in step.inputs):
        return step.made_of_stored(shape)
    axes = FAMILIES[step.family](step, shape)
    # An axis of length one cannot tell positions apart, so it drops its labels. That is how global
    # pooling removes H and W.
    axes = tuple(label if side > 1 else NONE for label, side in zip(axes, shape, strict=True))
    flow = Flow(
        shape,
        axes,
        picked=any(flow.picked for flow in step.inputs) or step.picks(axes),
        part=any(flow.part for flow in step.inputs) or step.crops(shape),
        learned=step.learned,
    )
    kept = bool(shape) and shape[0] == BATCH_SIZE and "N" in axes[0]
    if not kept or any("N" in axis for axis in axes[1:]):
        step.refuse("mixes the images of a batch: axis 0 must stay the batch, alone")
    if axes[0] != frozenset("N"):
        step.refuse("folds another axis into the batch: axis 0 must stay the batch, alone")
    return flow


def cannot_run(what: str, error: Exception) -> Refused:
    """Say in torch's own words why an operation, or the network, cannot run."""
    return Refused(f"{what} cannot run: {summary_of(error, 160)}")
