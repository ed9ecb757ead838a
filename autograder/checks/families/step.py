"""One operation at work: what it reads, and how it notes a dense layer or refuses the network.

    step = Step(node, graph, findings)
    step.inputs[0].axes             # the labels of what it reads
    step.refuse("mixes …")          # raises Refused, with the operation's name and line

The functions of the other files here each get a Step and the shape of its result.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import NoReturn

import torch

from autograder.checks.labels import (
    CHANNELS,
    NONE,
    POSITIONS,
    Axes,
    Dense,
    Findings,
    Flow,
    Kind,
    Labels,
    Shape,
)
from autograder.graph.arguments import Reference, Refused, Stored, Value
from autograder.graph.nodes import Graph, Node

# Families that may make a weight out of a stored tensor, as weight normalisation does. The others
# would assemble one out of smaller parts, as joins and matrix products do.
KEEPS_A_WEIGHT = {
    *("pointwise", "elementwise", "reduce", "softmax", "reshape", "expand", "permute"),
    *("cut", "roll"),
}


class Step:
    """One operation of a graph, with the flows of its inputs."""

    def __init__(self, node: Node, graph: Graph, findings: Findings) -> None:
        self.node, self.graph, self.findings = node, graph, findings
        # Without BatchNorm's running statistics: they are measured, not learned.
        self.inputs = [self.flow_of(ref) for ref in node.references() if not self.is_statistic(ref)]

    @property
    def name(self) -> str:
        """The operation's own name."""
        return self.node.operation.name

    @property
    def family(self) -> str:
        """The name of the family that the operation belongs to."""
        return self.node.operation.family

    @property
    def learned(self) -> bool:
        """Whether learned numbers go into the result."""
        return any(flow.stored or flow.learned for flow in self.inputs)

    def is_statistic(self, ref: Reference) -> bool:
        """Return whether this is one of BatchNorm's running statistics."""
        return isinstance(ref, Stored) and ref.name in self.graph.statistics

    def flow_of(self, ref: Reference) -> Flow:
        """Return what is known of a tensor; the axes of a stored one carry no labels."""
        if isinstance(ref, Value):
            return self.findings.flows[ref.index]
        shape = tuple(self.graph.tensors[ref.name].shape)
        return Flow(shape, (NONE,) * len(shape), stored=True)

    # ---- what a family may answer ---------------------------------------------------------------

    def refuse(self, why: str) -> NoReturn:
        """Refuse the network with this operation's name and line."""
        raise Refused(f"{self.node.at}{self.name} {why}")

    def note_dense(self, why: str, kind: Kind = "dense") -> None:
        """Note that this operation is, or amounts to, a fully connected layer."""
        self.findings.dense.append(Dense(self.node, why, kind))

    # ---- what holds for every family ------------------------------------------------------------

    def check_axes(self) -> None:
        """Refuse an axis that is not there: torch does not always look, on shapes alone."""
        room = len(self.inputs[0].shape) + (self.name == "unsqueeze")
        for argument in ("dim", "dims", "start_dim", "end_dim"):
            named = self.node.integers(argument) if argument in self.node.args else ()
            for axis in named:
                if not -room <= axis < room:
                    self.refuse(f"names axis {axis} of {room}")

    def made_of_stored(self, shape: Shape) -> Flow:
        """Return the flow of a weight that is computed from stored tensors alone.

        What is counted are stored numbers, so a weight must not have more of them than it is made
        of: the outer product of 10 and 784 numbers would act as 7,840 and be counted as 794.
        """
        size = torch.Size(shape).numel()
        largest = max(torch.Size(flow.shape).numel() for flow in self.inputs)
        if self.family not in KEEPS_A_WEIGHT or size > largest:
            self.refuse("builds a weight out of smaller stored tensors; store the weight itself")
        return Flow(shape, (NONE,) * len(shape), stored=True)

    def picks(self, axes: Axes) -> bool:
        """Return whether this operation takes one row or column out of several."""
        if self.family not in ("cut", "pad"):  # negative padding cuts
            return False
        lost = POSITIONS - NONE.union(*axes)
        return bool(NONE.union(*self.inputs[0].axes) & lost)

    def crops(self, shape: Shape) -> bool:
        """Return whether this operation keeps only a part of the rows or columns."""
        flow = self.inputs[0]
        if self.family not in ("cut", "pad") or len(shape) != len(flow.shape):
            return False
        sides = zip(flow.axes, flow.shape, shape, strict=True)
        return any(axis & POSITIONS and now < before for axis, before, now in sides)

    # ---- questions that several families ask ----------------------------------------------------

    def holds_positions(self, axis: int) -> bool:
        """Return whether the first input holds positions of the image along `axis`.

        A picked position does, though it has no label left: a learned number by which it is
        multiplied is a number for this position.
        """
        flow = self.inputs[0]
        return flow.picked or bool(flow.axes[axis] & POSITIONS)

    def pass_positions_on(self, axes: Axes, shape: Shape, summed: Iterable[Labels]) -> Axes:
        """Label the result of a sum over positions: the axes without labels inherit them.

        Summing over W removes the label W. But multiplying by a fixed 28x28 identity matrix sums
        over W as well, and leaves the image's columns along a new axis that has no label. So every
        unlabelled axis longer than one inherits the labels that were summed away.
        """
        lost = NONE.union(*summed) & POSITIONS
        return tuple(
            lost if label == NONE and side > 1 else label
            for label, side in zip(axes, shape, strict=True)
        )


def holds_only_channels(axis: Labels) -> bool:
    """Return whether an axis holds channels, or learned numbers, and no position of the image.

    Multiplied with an axis of positions, such an axis acts as one learned number per position.
    """
    return "C" in axis and not axis & POSITIONS


def align(flow: Flow, shape: Shape) -> Flow:
    """Give a flow as many axes as the result has, as broadcasting does: new ones come first."""
    missing = len(shape) - len(flow.shape)
    return replace(flow, shape=(1,) * missing + flow.shape, axes=(NONE,) * missing + flow.axes)


def labels_of_side(image: Flow, shape: Shape, side: int) -> Labels:
    """Return the labels of a map's rows (side 2) or columns (side 3) after a layer.

    If a side grows from one entry to several, its rows come from the kernel and not from the
    image, so they get the label C: ConvTranspose2d with a 28x28 kernel on a 1x1 map does that.
    """
    return CHANNELS if image.shape[side] == 1 < shape[side] else image.axes[side]
