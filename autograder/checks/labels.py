"""How labels pass through one operation: which axes of its result hold positions of the image.

Each axis of a value carries labels: N for the batch, C for channels, H and W for rows and
columns. `Step` has one method per family of operations (operations.py), which says where the
labels go, notes a fully connected layer and refuses what mixes the images of a batch.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from autograder.graph.arguments import BATCH, Refused, Stored, Value
from autograder.graph.nodes import Graph, Node

PROBE = 7  # a batch size that no layer has by accident

Labels = frozenset[str]
NONE: Labels = frozenset()
CHANNELS: Labels = frozenset("C")
POSITIONS: Labels = frozenset("HW")

# Families that may turn one stored tensor into a weight, as weight normalisation does.
FROM_ONE = {
    *("pointwise", "elementwise", "reduce", "softmax", "reshape", "expand", "permute"),
    *("cut", "roll"),
}
CROPS = 4  # so many crops side by side are positions again, as a 2x2 pooling's four are


@dataclass(frozen=True)
class Flow:
    """One value: its shape with a batch of PROBE images, and each axis's labels."""

    shape: tuple[int, ...]
    axes: tuple[Labels, ...]
    stored: bool = False  # made of stored tensors alone, no image in it
    picked: bool = False  # a single position, picked out of several
    part: bool = False  # made of a part of the positions
    learned: bool = False  # learned numbers went into it
    fixed: bool = False  # a map of learned numbers, the same for every image (trial.py)


@dataclass(frozen=True)
class Dense:
    """A place where learned numbers meet features of many positions."""

    node: Node
    why: str
    kind: str = "dense"  # or "whole map", which an assignment may allow, or "large kernel"

    @property
    def said(self) -> str:
        """Say where and why."""
        return f"{self.node.at}{self.why}"


@dataclass
class Findings:
    """What following the labels through a graph brought to light."""

    flows: list[Flow] = field(default_factory=list)
    dense: list[Dense] = field(default_factory=list)


class Step:
    """How labels pass through one operation."""

    def __init__(self, node: Node, graph: Graph, findings: Findings) -> None:
        self.node, self.args, self.findings = node, node.args, findings
        self.graph = graph
        self.inputs = [self.of(ref) for ref in node.references() if not self.is_statistic(ref)]

    def is_statistic(self, ref: Any) -> bool:
        """Tell BatchNorm's running statistics, which hold no learned numbers."""
        return isinstance(ref, Stored) and ref.name in self.graph.statistics

    def of(self, ref: Any) -> Flow:
        """Return the flow of a reference; a stored tensor's axes carry no labels."""
        if isinstance(ref, Value):
            return self.findings.flows[ref.index]
        shape = tuple(self.graph.tensors[ref.name].shape)
        return Flow(shape, (NONE,) * len(shape), stored=True)

    @property
    def learned(self) -> bool:
        """Tell whether learned numbers go into the result."""
        return any(flow.stored or flow.learned for flow in self.inputs)

    def flow(self, shape: tuple[int, ...]) -> Flow:
        """Return the flow of this operation's result, noting dense products on the way."""
        self.check_axes()
        if all(flow.stored for flow in self.inputs):
            return self.stored_alone(shape)
        family = self.node.operation.family
        axes = getattr(self, family)(shape)
        # An axis of length one holds no choice of position any more.
        axes = tuple(label if side > 1 else NONE for label, side in zip(axes, shape, strict=True))
        flow = Flow(
            shape,
            axes,
            picked=any(f.picked for f in self.inputs) or self.picks(axes),
            part=any(f.part for f in self.inputs) or self.crops(shape),
            learned=self.learned,
        )
        if not shape or shape[0] != PROBE or "N" not in axes[0] or any("N" in a for a in axes[1:]):
            self.refuse("mixes the images of a batch: axis 0 must stay the batch, alone")
        if axes[0] != frozenset("N"):
            self.refuse("folds another axis into the batch: axis 0 must stay the batch, alone")
        return flow

    def check_axes(self) -> None:
        """Refuse an axis that is not there: torch does not look when it runs on shapes alone."""
        room = len(self.inputs[0].shape) + (self.node.operation.name == "unsqueeze")
        for name in ("dim", "dims", "start_dim", "end_dim"):
            named = self.args.get(name, ())
            for axis in named if isinstance(named, tuple) else (named,):
                if not -room <= axis < room:
                    self.refuse(f"names axis {axis} of {room}")

    def stored_alone(self, shape: tuple[int, ...]) -> Flow:
        """A weight may be made from one stored tensor, never assembled out of smaller ones."""
        size = torch.Size(shape).numel()
        largest = max(torch.Size(flow.shape).numel() for flow in self.inputs)
        if self.node.operation.family not in FROM_ONE or size > largest:
            self.refuse("builds a weight out of smaller stored tensors; store the weight itself")
        return Flow(shape, (NONE,) * len(shape), stored=True)

    def refuse(self, why: str) -> None:
        """Refuse the network with this operation's name and line."""
        raise Refused(f"{self.node.at}{self.node.operation.name} {why}")

    def dense(self, why: str, kind: str = "dense") -> None:
        """Note that this operation is, or amounts to, a fully connected layer."""
        self.findings.dense.append(Dense(self.node, why, kind))

    def picks(self, axes: tuple[Labels, ...]) -> bool:
        """Tell whether this operation picked one row or column out of several."""
        if self.node.operation.family not in ("cut", "pad"):
            return False
        before = frozenset[str]().union(*self.inputs[0].axes)
        return bool(before & POSITIONS - frozenset[str]().union(*axes))

    def crops(self, shape: tuple[int, ...]) -> bool:
        """Tell whether this operation kept only a part of the rows or columns."""
        flow = self.inputs[0]
        if self.node.operation.family not in ("cut", "pad") or len(shape) != len(flow.shape):
            return False
        sides = zip(flow.axes, flow.shape, shape, strict=True)
        return any(axis & POSITIONS and now < before for axis, before, now in sides)

    def positions(self, axis: int) -> bool:
        """Tell whether the first input holds positions of the image along `axis`."""
        flow = self.inputs[0]
        return flow.picked or bool(flow.axes[axis] & POSITIONS)

    # One method per family of operations, as named in operations.py.

    def pointwise(self, shape: tuple[int, ...]) -> tuple[Labels, ...]:
        """Keep every axis as it is."""
        return self.inputs[0].axes

    dropout = pointwise

    def convolution(self, shape: tuple[int, ...]) -> tuple[Labels, ...]:
        """A convolution slides over rows and columns and mixes channels, which is its right."""
        image, weight = self.inputs[0], self.inputs[1]
        if image.stored or not weight.stored:
            self.refuse("needs features as input and a stored weight")
        if len(image.shape) != 4 or len(weight.shape) != 4:
            self.refuse("needs a batch of images (N, C, H, W)")
        # Run on shapes alone, torch lets a transposed convolution take any channels.
        channels, groups = image.shape[1], self.args["groups"]
        into = weight.shape[0]
        if self.node.operation.name == "conv2d":
            into = weight.shape[1] * groups
        if into != channels or channels % groups or weight.shape[0] % groups:
            self.refuse(f"does not fit {channels} channels in {groups} groups")
        if any(flow.shape != (shape[1],) for flow in self.inputs[2:]):
            self.refuse(f"needs a bias of {shape[1]} channels")
        kernel = weight.shape[2:]
        if self.positions(1):
            self.dense("its input channels are positions of the image")
        elif any(
            len(image.axes[2 + i] & frozenset("CHW")) > 1 < side for i, side in enumerate(kernel)
        ):
            self.dense("it slides over rows, columns and channels folded into one axis")
        else:
            self.note_large_kernel(image.shape[2:], kernel, shape[2:])
        rows, columns = (self.spread(image, shape, side) for side in (2, 3))
        return (image.axes[0], CHANNELS, rows, columns)

    def spread(self, image: Flow, shape: tuple[int, ...], side: int) -> Labels:
        """Label an axis of a map; one grown from a single entry holds the kernel's numbers."""
        return CHANNELS if image.shape[side] == 1 < shape[side] else image.axes[side]

    def note_large_kernel(
        self, area: tuple[int, ...], kernel: tuple[int, ...], result: tuple[int, ...]
    ) -> None:
        """Name a kernel that covers its whole map, or more than half of it."""
        (height, width), (rows, columns) = area, kernel
        if height * width == 1:
            return
        if rows >= height and columns >= width:
            why = f"its {rows}x{columns} kernel covers its whole {height}x{width} map"
            same = ": the same arithmetic as a dense layer" if result == (1, 1) else ""
            self.dense(why + same, "whole map")
        elif rows * columns > height * width / 2:
            why = f"its {rows}x{columns} kernel covers most of its {height}x{width} map"
            self.dense(why, "large kernel")

    def batch_norm(self, shape: tuple[int, ...]) -> tuple[Labels, ...]:
        """A norm with learned numbers per channel."""
        for ref in self.node.references():
            if (
                isinstance(ref, Stored)
                and self.graph.statistics.get(ref.name, shape[1]) != shape[1]
            ):
                self.refuse(f"needs running statistics of {shape[1]} channels")
        if any(flow.shape != (shape[1],) for flow in self.inputs[1:]):
            self.refuse(f"needs a weight and a bias of {shape[1]} channels")
        if len(self.inputs) > 1 and self.positions(1):
            self.dense("it keeps learned numbers per position of the image")
        return self.inputs[0].axes

    norm = batch_norm

    def layer_norm(self, shape: tuple[int, ...]) -> tuple[Labels, ...]:
        """A norm with learned numbers per entry of its last axes."""
        if any(flow.shape != self.args["normalized_shape"] for flow in self.inputs[1:]):
            self.refuse("needs a weight and a bias of the shape it normalises")
        last = range(len(shape) - len(self.args["normalized_shape"]), len(shape))
        if 0 in last:
            self.refuse("mixes the images of a batch: axis 0 must stay the batch, alone")
        if len(self.inputs) > 1 and any(self.positions(axis) for axis in last):
            self.dense("it keeps learned numbers per position of the image")
        return self.inputs[0].axes

    def elementwise(self, shape: tuple[int, ...]) -> tuple[Labels, ...]:
        """Features join features; a stored tensor may meet features per channel at most."""
        if self.node.operation.name == "weight_norm":
            self.refuse("is for stored weights: it mixes the images of a batch")
        if self.node.operation.name == "prelu":  # its slope lies along the channels
            image, slope = self.inputs
            if slope.shape != (1,) and self.positions(1):
                self.dense("it keeps learned numbers per position of the image")
            return image.axes
        aligned = [self.align(flow, shape) for flow in self.inputs]
        picked = any(flow.picked for flow in self.inputs)
        fixed = [flow.fixed for flow in self.inputs if not flow.stored]
        if any(fixed) and not all(fixed):
            self.dense("it multiplies features by learned numbers per position")
        axes = []
        for i in range(len(shape)):
            wide = [flow for flow in aligned if flow.shape[i] > 1]
            held = [flow.axes[i] for flow in wide if not flow.stored]
            together = NONE.union(*held)
            if together & POSITIONS and any(self.apart(one) for one in held):
                self.dense("it multiplies positions of the image by numbers made for them")
            if any(flow.stored for flow in wide):
                if i == 0:
                    self.refuse("gives every image of a batch its own learned numbers")
                if together & POSITIONS:
                    self.dense("it multiplies features by learned numbers per position")
                together |= NONE if together else CHANNELS  # learned numbers spread over this axis
            axes.append(together)
        if picked and any(flow.stored for flow in aligned):
            self.dense("it multiplies a single position of the image by learned numbers")
        return tuple(axes)

    def apart(self, axis: Labels) -> bool:
        """Tell an axis of learned numbers from one that holds positions."""
        return "C" in axis and not axis & POSITIONS

    def align(self, flow: Flow, shape: tuple[int, ...]) -> Flow:
        """Broadcast a flow to as many axes as the result has."""
        missing = len(shape) - len(flow.shape)
        return replace(flow, shape=(1,) * missing + flow.shape, axes=(NONE,) * missing + flow.axes)

    def pool(self, shape: tuple[int, ...]) -> tuple[Labels, ...]:
        """Pooling and resizing keep the axes apart."""
        axes = self.inputs[0].axes
        gone = [axis for axis, side in zip(axes, shape, strict=True) if side == 1]
        return self.heirs(axes, shape, gone)

    def heirs(
        self, axes: tuple[Labels, ...], shape: tuple[int, ...], gone: Iterable[Labels]
    ) -> tuple[Labels, ...]:
        """Pass the labels of positions that are summed up on to the axes without any.

        Numbers along such an axis were made without learning, 1 to 28 for example. Multiplied
        by an image and summed over its columns they can copy each column to a place of their own.
        """
        lost = NONE.union(*gone) & POSITIONS
        return tuple(
            lost if label == NONE and side > 1 else label
            for label, side in zip(axes, shape, strict=True)
        )

    def shuffle(self, shape: tuple[int, ...]) -> tuple[Labels, ...]:
        """Pixel (un)shuffle trades positions for channels; the last position makes them one."""
        before = self.inputs[0]
        gone = [a for a, side in zip(before.axes[2:], shape[2:], strict=True) if side == 1]
        rows, columns = (self.spread(before, shape, side) for side in (2, 3))
        return (before.axes[0], before.axes[1].union(*gone), rows, columns)

    def reduce(self, shape: tuple[int, ...]) -> tuple[Labels, ...]:
        """A sum or mean removes its axes, or leaves them with length one."""
        before, dims = self.inputs[0], self.args["dim"]
        dims = dims if isinstance(dims, tuple) else (dims,)
        gone = {dim % len(before.shape) for dim in dims}
        kept = tuple(
            NONE if i in gone else axis
            for i, axis in enumerate(before.axes)
            if i not in gone or self.args["keepdim"]
        )
        return self.heirs(kept, shape, (before.axes[i] for i in gone))

    def softmax(self, shape: tuple[int, ...]) -> tuple[Labels, ...]:
        """A softmax compares the entries of one axis, which must not be the batch."""
        if "N" in self.inputs[0].axes[self.args["dim"]]:
            self.refuse("mixes the images of a batch: it works along axis 0; give it dim=1")
        return self.inputs[0].axes

    def roll(self, shape: tuple[int, ...]) -> tuple[Labels, ...]:
        """A flip or roll moves the entries of some axes, never the batch."""
        return self.along(self.args["dims"])

    def along(self, dims: Any) -> tuple[Labels, ...]:
        """Keep the axes, refusing work along the batch."""
        before = self.inputs[0].axes
        if any("N" in before[dim] for dim in dims):
            self.refuse("mixes the images of a batch: it works along axis 0")
        return before

    def permute(self, shape: tuple[int, ...]) -> tuple[Labels, ...]:
        """Move the labels with their axes."""
        return tuple(self.inputs[0].axes[dim] for dim in self.args["dims"])

    def expand(self, shape: tuple[int, ...]) -> tuple[Labels, ...]:
        """Repeat axes of length one."""
        self.keep_batch()
        return self.align(self.inputs[0], shape).axes

    def keep_batch(self) -> None:
        """Refuse a written-out batch size."""
        if self.args.get("size", (BATCH,))[0] not in (BATCH, -1):
            self.refuse("fixes the batch size: axis 0 must stay the batch, whatever its size")

    def reshape(self, shape: tuple[int, ...]) -> tuple[Labels, ...]:
        """Axes that fold into one share their labels; what unfolds again keeps them all."""
        self.keep_batch()
        before, axes = self.inputs[0], []
        i = j = 0
        while j < len(shape):
            start, labels = j, NONE
            have = want = 1
            while j < len(shape) and (start == j or have != want):
                want *= shape[j]
                j += 1
                while i < len(before.shape) and have < want:
                    have *= before.shape[i]
                    labels |= before.axes[i] if before.shape[i] > 1 else NONE
                    i += 1
            axes += [labels] * (j - start)
        return tuple(axes)

    def join(self, shape: tuple[int, ...]) -> tuple[Labels, ...]:
        """Joining channels keeps labels; joined single positions become positions again."""
        if any(flow.stored for flow in self.inputs):
            self.refuse("joins stored numbers to features")
        dim = self.args["dim"] % len(shape)
        axes = [
            frozenset[str]().union(*(f.axes[i] for f in self.inputs)) for i in range(len(shape))
        ]
        crops = [f for f in self.inputs if f.part and not NONE.union(*f.axes) & POSITIONS]
        if any(flow.picked for flow in self.inputs) or len(crops) >= CROPS:
            axes[dim] |= POSITIONS
        if axes[dim] == NONE and self.learned:
            axes[dim] = CHANNELS  # single learned numbers, laid out along it
        return tuple(axes)

    def cut(self, shape: tuple[int, ...]) -> tuple[Labels, ...]:
        """Take a part of one axis; `select` removes the axis."""
        before, dim = self.inputs[0], self.args["dim"] % len(self.inputs[0].shape)
        if "N" in before.axes[dim]:
            self.refuse("picks images out of a batch")
        keep = len(shape) == len(before.shape)
        return tuple(a for i, a in enumerate(before.axes) if keep or i != dim)

    def pad(self, shape: tuple[int, ...]) -> tuple[Labels, ...]:
        """Padding lengthens axes, never the batch."""
        if len(self.args["pad"]) // 2 >= len(shape):
            self.refuse("mixes the images of a batch: it works along axis 0")
        before = self.inputs[0]
        return tuple(
            CHANNELS if label == NONE and self.learned and was < now else label
            for label, was, now in zip(before.axes, before.shape, shape, strict=True)
        )

    def product(self, shape: tuple[int, ...]) -> tuple[Labels, ...]:
        """A matrix product: with learned numbers in it, a fully connected layer."""
        name = self.node.operation.name
        if any(flow.stored for flow in self.inputs):
            numbers = max(torch.Size(f.shape).numel() for f in self.inputs if f.stored)
            self.dense(f"{name} multiplies features by a learned matrix of {numbers:,} numbers")
        if name == "einsum":
            return self.einsum(shape)
        first, second = {"linear": ("input", "weight"), "matmul": ("input", "other")}.get(
            name, ("mat1", "mat2")
        )
        image, other = self.of(self.args[first]), self.of(self.args[second])
        if image.stored and 2 <= len(image.shape) <= len(other.shape):
            summed = [other.axes[-2]]
            self.contract(summed)
            return self.heirs((*other.axes[:-2], CHANNELS, other.axes[-1]), shape, summed)
        if image.stored or len(other.shape) < 2 or len(other.shape) > len(image.shape):
            self.refuse("needs features first and then a matrix")
        across, kept = (-1, -2) if name == "linear" else (-2, -1)
        summed = [image.axes[-1], other.axes[across]]
        self.contract(summed)
        if name == "addmm":
            added = self.align(self.of(self.args["input"]), shape)
            if "N" in added.axes[1] or (added.stored and added.shape[0] > 1):
                self.refuse("mixes the images of a batch: axis 0 must stay the batch, alone")
        last = CHANNELS if other.stored else other.axes[kept]
        return self.heirs((*image.axes[:-1], last), shape, summed)

    def contract(self, summed: list[Labels]) -> None:
        """Check an axis over which two operands are multiplied and summed."""
        together = NONE.union(*summed)
        if "N" in together:
            self.refuse("mixes the images of a batch: it sums over axis 0")
        made = any(self.apart(axis) for axis in summed) or any(flow.fixed for flow in self.inputs)
        if together & POSITIONS and made:
            self.dense("it multiplies positions of the image by numbers made for them")

    def einsum(self, shape: tuple[int, ...]) -> tuple[Labels, ...]:
        """Follow the letters of an einsum from its operands to its result."""
        left, arrow, right = self.args["equation"].replace(" ", "").partition("->")
        if not arrow:
            self.refuse("needs an arrow in its equation, such as 'nchw,oc->nohw'")
        held: dict[str, list[Labels]] = {}
        for term, flow in zip(left.split(","), self.inputs, strict=True):
            for letter, axis, side in zip(term, flow.axes, flow.shape, strict=True):
                held.setdefault(letter, []).extend([axis] if side > 1 else [])
        for letter, axes in held.items():
            if letter not in right or (len(axes) > 1 and letter != right[0]):
                self.contract(axes)
        kept = tuple(NONE.union(*held.get(letter, [])) for letter in right)
        gone = (axis for letter, axes in held.items() if letter not in right for axis in axes)
        return self.heirs(kept, shape, gone)
