"""How each learned number answers when one block of the image changes.

The slope of the scores by a number is what the number multiplies. Where the number meets features
of a block, the slope changes with that block's pixels, and where it does not, it stays. A kernel
slides over all places, so its numbers answer to every block. A number of a dense layer meets one
place, and answers to that alone, however the layer is spelled.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass

import torch
from torch import Tensor

from autograder.checks.places.looks import Followed, Look, remembered
from autograder.graph.arguments import Stored
from autograder.graph.nodes import Graph

MOST = 4_096  # numbers of one tensor that are followed; of more, a sample
FAINT = 1e-4  # of a number's slope: a smaller change is rounding
AT_ONCE = 2**25  # numbers in the values and slopes that are kept in memory together
SEVERAL = 8  # lots that are faster together than one after the other
STRONG = 0.3  # of a number's slope: a number that works at one place answers so strongly to it


@dataclass(frozen=True)
class Part:
    """The numbers of one stored tensor that are followed, in groups.

    A group is what a kernel holds for one pair of channels: numbers that slide together. Elsewhere
    each number is a group of its own.
    """

    name: str
    chosen: Tensor  # (groups,), which of the tensor's groups
    taps: int  # numbers in a group
    groups: int  # in the whole tensor

    def pick(self, tensors: Tensor) -> Tensor:
        """Return the chosen groups' entries of several such tensors: (several, groups, taps)."""
        return tensors.reshape(-1, self.groups, self.taps)[:, self.chosen]


@dataclass(frozen=True)
class Answers:
    """What one look found."""

    changes: list[Tensor]  # of each part's slopes: (groups, taps, blocks)
    strong: list[Tensor]  # which of them changed strongly at some block: (groups, taps)
    # Of each convolution, by the number of the value that it makes: its input, (N, C, H, W), and
    # the slope of the scores by each place of its output, (H, W).
    inputs: dict[int, Tensor]
    used: dict[int, Tensor]
    shapes: dict[int, torch.Size]  # of every value


def parts_of(graph: Graph) -> list[Part]:
    """Split the stored tensors of a graph into groups, and choose those to follow.

    A BatchNorm's running mean is a part as well, after all that is stored.
    """
    kernels = kernels_of(graph)
    generator = torch.Generator().manual_seed(0)
    parts = []
    sizes = {name: tuple(tensor.shape) for name, tensor in graph.stored().items()}
    sizes |= {name: (graph.statistics[name],) for name in remembered(graph)}
    for name, size in sizes.items():
        taps = size[2] * size[3] if name in kernels and len(size) == 4 else 1
        groups = math.prod(size) // taps
        chosen = torch.randperm(groups, generator=generator)[: max(1, MOST // taps)]
        parts.append(Part(name, chosen.sort().values, taps, groups))
    return parts


def kernels_of(graph: Graph) -> dict[str, list[int]]:
    """Name the stored kernels, each with the convolutions that use it, by the values they make.

    A convolution may be given its kernel as it is stored, or standardised, turned or scaled.
    """
    made_of: dict[int, set[str]] = {0: set()}  # the stored tensors in each value
    found: dict[str, list[int]] = {}
    for made, node in enumerate(graph.nodes, start=1):
        held = {r.name if isinstance(r, Stored) else r.index for r in node.references()}
        made_of[made] = set[str]().union(
            *({ref} if isinstance(ref, str) else made_of[ref] for ref in held)
        )
        if node.operation.family == "convolution":
            weight = node.reference("weight")
            names = {weight.name} if isinstance(weight, Stored) else made_of[weight.index]
            for name in sorted(names):
                if name in graph.tensors and graph.tensors[name].dim() == 4:
                    found.setdefault(name, []).append(made)
    return found


def follow(graph: Graph, parts: list[Part], look: Look) -> Answers:
    """Change one block after the other and see how the slopes change."""
    generator = torch.Generator().manual_seed(look.seed)
    network = Followed(graph, look, generator)
    base = look.base(generator)
    mix = torch.rand(look.images, 10, generator=generator) + 0.5
    score = (network(base) * mix).sum()
    inputs, shapes = dict(network.inputs), dict(network.shapes)
    used = used_places(score, network.outputs)
    images = torch.stack([base, *(look.changed(base, block) for block in look.blocks)])
    changes, strong = [], []
    for slopes in slopes_by_image(network, parts, mix, images):  # (1 + blocks, groups, taps)
        at_first, change = slopes[0], (slopes[1:] - slopes[0]).permute(1, 2, 0)
        faint = FAINT * at_first.abs()[..., None]
        changes.append(torch.where(change.abs() <= faint, 0.0, change))  # nan stays
        strong.append(change.abs().amax(2) >= STRONG * at_first.abs())
    return Answers(changes, strong, inputs, used, shapes)


def slopes_by_image(
    network: Followed, parts: list[Part], mix: Tensor, images: Tensor
) -> list[Tensor]:
    """Return each part's slopes for each lot of images: (lots, groups, taps).

    Lots go through the network together, each with slopes of its own: that takes a third of the
    time. As many as fit a modest memory, since their values and slopes are there at once; a large
    network's, of which but a few would fit, go through one after the other.
    """
    numbers: dict[str, Tensor] = dict(network.named_parameters())
    fixed = {name: number.detach() for name, number in numbers.items()}
    each = sum(shape.numel() for shape in network.shapes.values())
    each += sum(number.numel() for number in numbers.values())
    size = AT_ONCE // each
    if size < SEVERAL:
        size = 1

    def score(numbers: dict[str, Tensor], x: Tensor) -> Tensor:
        scores: Tensor = torch.func.functional_call(network, numbers, (x,))
        return (scores * mix).sum()

    def slopes_of(lots: Tensor) -> Collection[Tensor]:
        if size == 1:
            one = score(numbers, lots[0])
            return torch.autograd.grad(one, list(numbers.values()), materialize_grads=True)
        slopes: dict[str, Tensor] = together(fixed, lots)
        return slopes.values()

    together = torch.func.vmap(torch.func.grad(score), in_dims=(None, 0))
    found: list[list[Tensor]] = [[] for _ in parts]
    for lots in images.split(size):  # type: ignore[no-untyped-call]
        for picked, part, slope in zip(found, parts, slopes_of(lots), strict=True):
            picked.append(part.pick(slope))
    return [torch.cat(picked) for picked in found]


def used_places(score: Tensor, outputs: dict[int, Tensor]) -> dict[int, Tensor]:
    """Return how much the scores depend on each place of each convolution's result: (H, W)."""
    if not outputs or not score.requires_grad:
        return {}
    found = torch.autograd.grad(score, list(outputs.values()), retain_graph=True, allow_unused=True)
    return {
        made: slope.abs().sum((0, 1))
        for made, slope in zip(outputs, found, strict=True)
        if slope is not None and slope.dim() == 4
    }
