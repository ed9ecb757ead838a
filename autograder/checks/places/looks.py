"""Ways to look at a network: what runs, with which weights, on which images.

A learned number is followed by what it multiplies (answers.py). That is easiest to see where
nothing is in the way: activations taken as the identity, pools as means, all weights positive, so
that nothing cancels. But a ReLU can also choose a place, if masks of large negative numbers close
it everywhere else. So the network is looked at more than once, and a number is known by the look
that shows most.

In every look a norm is its scale and shift alone, since its statistics would tie all places
together, and the middle of a kernel with room to slide outweighs the rest of it. What a layer sees
is then sharp, however many layers lie below it.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from autograder.checks.trial import Trial
from autograder.graph.arguments import Stored
from autograder.graph.network import Call, Network, Resolved
from autograder.graph.nodes import Graph, Node
from autograder.graph.start import gains_of, held
from course import practice

MEAN, STD = 0.1307, 0.3081  # of MNIST's pixels, which its images are standardised by
PAPER = -MEAN / STD  # what is blank in a digit, standardised
FINE, COARSE = 4, 7  # sides of the blocks that are changed, in pixels
BORDER = 4  # pixels around a digit, which are blank
MIDDLE, REST = 1.5, 0.03  # a kernel's weights, beside what they would be
ROOM = 0.3  # of its map, that a kernel covers: one that covers more hardly slides
SAME = 1e-5  # of the largest number: a smaller difference is rounding
LARGEST = ("amax", "amin", "max", "min")  # reductions that choose a place


@dataclass(frozen=True)
class Look:
    """One way to run a network in order to follow its numbers."""

    name: str
    straight: bool  # activations as the identity, pools as means
    digits: bool  # drawn digits, changed where digits have ink; else noise
    images: int
    variety: float  # of the weights, which are positive, around 1
    seed: int
    block: int = FINE  # the image is changed one block of so many pixels squared after the other

    @cached_property
    def blocks(self) -> list[tuple[slice, slice]]:
        """List the blocks of pixels that are changed, one after the other."""
        first, last = (BORDER, 28 - BORDER) if self.digits else (0, 28)
        starts = range(first, last, self.block)
        sides = [slice(start, min(start + self.block, last)) for start in starts]
        return [(rows, columns) for rows in sides for columns in sides]

    def coarser(self) -> "Look":
        """Return this look for a network of many numbers, which takes long to follow."""
        # Two images, where there are more, are as few as can be compared with each other.
        return replace(self, block=COARSE, images=min(2, self.images))

    def base(self, generator: torch.Generator) -> Tensor:
        """Return the images before anything is changed: (images, 1, 28, 28)."""
        if self.digits:
            drawn, _ = practice.draw(self.images, self.seed)
            return (torch.from_numpy(drawn)[:, None].float() / 255 - MEAN) / STD
        shape = (self.images, 1, 28, 28)
        return torch.rand(shape, generator=generator) + 0.5

    def changed(self, base: Tensor, block: tuple[slice, slice]) -> Tensor:
        """Return the images with one block changed in each: there is more ink."""
        x = base.clone()
        x[:, :, block[0], block[1]] += 1.0
        return x

    def weights(self, graph: Graph, generator: torch.Generator) -> dict[str, Tensor]:
        """Draw every weight anew: never the file's, of which zeros, say, would hide a layer.

        Digits are read with the constants that training starts from: a gate may be open at 6 alone.
        """
        gains = gains_of(graph)
        drawn = {
            name: self.weight(tensor, name in gains, generator)
            for name, tensor in graph.stored().items()
        }
        roomy, crowded = kernels_by_room(graph)
        return (
            drawn
            | (held(graph) if self.digits else {})
            | {name: sharpened(drawn[name]) for name in roomy}
            | {name: levelled(drawn[name]) for name in crowded}
        )

    def weight(self, tensor: Tensor, gain: bool, generator: torch.Generator) -> Tensor:
        """Draw one weight, positive: nothing may cancel."""
        drawn = (self.variety * torch.randn(tensor.shape, generator=generator)).exp()
        if tensor.dim() > 1:
            return drawn / tensor[0].numel()
        return drawn if gain else 0.1 * drawn


def remembered(graph: Graph) -> list[str]:
    """Name the running means of a graph's BatchNorms, in order of first use."""
    means = [node.args.get("running_mean") for node in graph.nodes]
    return list(dict.fromkeys(ref.name for ref in means if isinstance(ref, Stored)))


def kernels_by_room(graph: Graph) -> tuple[set[str], set[str]]:
    """Name the kernels that are small beside each map they slide over, and the others."""
    network = Network(graph).to("meta").eval()
    values = {0: torch.empty(1, 1, 28, 28, device="meta")}
    roomy, crowded = set[str](), set[str]()
    for made, call in enumerate(network.calls, start=1):
        values[made] = network.value(call, values)
        weight = call.node.args.get("weight")
        if call.node.operation.family != "convolution" or not isinstance(weight, Stored):
            continue
        kernel = graph.tensors[weight.name][0, 0].numel()
        area = values[call.node.reads()[0]][0, 0].numel()
        if kernel > 1:
            (roomy if kernel < ROOM * area else crowded).add(weight.name)
    return roomy - crowded, crowded


@torch.no_grad()
def steady_values(graph: Graph) -> set[int]:
    """Number the values that are the same for unlike images, with weights of both signs."""
    trial, steady = Trial(graph), set[int]()
    for made, call in enumerate(trial.network.calls, start=1):
        value = trial.values[made] = trial.network.value(call, trial.values)
        if value.dim() and len(value) == len(trial.values[0]):
            apart = (value - value[:1]).abs().max()
            if bool(apart <= SAME * value.abs().max()):
                steady.add(made)
    return steady


def sharpened(weight: Tensor) -> Tensor:
    """Let the middle of a kernel outweigh the rest of it."""
    height, width = weight.shape[2:]
    kernel = torch.full((height, width), REST)
    kernel[height // 2, width // 2] = MIDDLE
    sharp: Tensor = weight * kernel * math.sqrt(height * width)
    return sharp


def levelled(weight: Tensor) -> Tensor:
    """Let a kernel see all of its map alike: what follows is not to be known by its pattern."""
    return weight.mean((2, 3), keepdim=True).expand_as(weight)


class Followed(Network):
    """A network as a look runs it."""

    def __init__(self, graph: Graph, look: Look, generator: torch.Generator) -> None:
        super().__init__(graph, look.weights(graph, generator))
        self.straight = look.straight
        self.steady = steady_values(graph) if look.straight else set[int]()
        # What BatchNorm remembers is a number for each channel, and is followed like a learned one.
        self.memory: dict[str, str] = {}  # a running mean's name: the parameter's
        for name in remembered(graph):
            self.memory[name] = f"m{len(self.memory)}"
            self.register_parameter(
                self.memory[name], nn.Parameter(torch.ones(graph.statistics[name]))
            )
        # Of each convolution, by the number of the value that it makes.
        self.inputs: dict[int, Tensor] = {}
        self.outputs: dict[int, Tensor] = {}
        self.shapes: dict[int, torch.Size] = {}  # of every value
        self.eval()

    def forward(self, x: Tensor) -> Tensor:
        """Run every node, and keep what each convolution is given and what it makes."""
        values: dict[int, Tensor] = {0: x}
        weights: dict[int, Tensor] = {}  # values that are made of stored tensors alone
        for made, call in enumerate(self.calls, start=1):
            if call.node.operation.family == "convolution":
                given = self.resolve(call.node.args["input"], values)
                assert isinstance(given, Tensor)
                self.inputs[made] = given.detach()
            # What no image changes stands in nobody's way, and may be waves over the places.
            run = super().value if made in self.steady else self.value
            values[made] = run(call, values)
            # A weight that is standardised, or normalised in another way, stays as it is drawn.
            if (source := self.source(call, weights)) is not None:
                same = source.shape == values[made].shape
                values[made] = weights[made] = source if same else values[made]
            self.shapes[made] = values[made].shape
            if made in self.inputs:
                self.outputs[made] = values[made]
        return values[self.output]  # (N, 10)

    def source(self, call: Call, weights: Mapping[int, Tensor]) -> Tensor | None:
        """Return the largest tensor that a weight is made of, or None if this makes no weight."""
        given = [
            self.resolve(ref, {}) if isinstance(ref, Stored) else weights.get(ref.index)
            for ref in call.node.references()
        ]
        tensors = [tensor for tensor in given if isinstance(tensor, Tensor)]
        if not given or len(tensors) < len(given):
            return None
        return max(tensors, key=lambda tensor: tensor.numel())

    def value(self, call: Call, values: Mapping[int, Tensor]) -> Tensor:
        """Run one node, or what stands for it."""
        looked_up = {name: self.resolve(arg, values) for name, arg in call.looked_up.items()}
        args = {**call.fixed, **looked_up}
        family, name = call.node.operation.family, call.node.operation.name
        x = args.get("input")
        if not isinstance(x, Tensor):
            return super().value(call, values)
        if name == "batch_norm":
            mean = call.node.args["running_mean"]
            assert isinstance(mean, Stored)
            kept: Tensor = getattr(self, self.memory[mean.name])
            x = x * kept.view(1, -1, *[1] * (x.dim() - 2))
        if family in ("batch_norm", "norm", "layer_norm"):
            return scaled_and_shifted(x, args, last=family == "layer_norm")
        if self.straight:
            if family in ("pointwise", "softmax") and name != "channel_shuffle":
                return x
            if name == "max_pool2d":
                return mean_pool(x, call.node)
            if name in LARGEST:
                return x.mean(call.node.integers("dim"), bool(call.fixed["keepdim"]))
            if name == "adaptive_max_pool2d":
                rows, columns = call.node.integers("output_size")
                return F.adaptive_avg_pool2d(x, (rows, columns))
        return super().value(call, values)


def scaled_and_shifted(x: Tensor, args: Mapping[str, Resolved], last: bool) -> Tensor:
    """Apply a norm's weight and bias; `last`: over the last axes, else over channels."""
    for argument, join in (("weight", torch.mul), ("bias", torch.add)):
        number = args.get(argument)
        if isinstance(number, Tensor):
            shape = number.shape if last else (1, -1, *[1] * (x.dim() - 2))
            x = join(x, number.view(shape))
    return x


def mean_pool(x: Tensor, node: Node) -> Tensor:
    """Average where a max pool takes the largest."""
    size, stride, padding = (node.integers(name) for name in ("kernel_size", "stride", "padding"))
    if node.integers("dilation") != (1, 1):
        return F.max_pool2d(x, size, stride, padding, node.integers("dilation"))
    return F.avg_pool2d(x, size, stride, padding, bool(node.args["ceil_mode"]))
