"""Learned numbers that are added place by place: a map of them, the same for every image.

Such a map multiplies nothing, so no slope tells of it. But it is seen where it is added or joined:
from image to image it is the same, but for its size, and each of its numbers is at one place. Or a
convolution makes it, of channels that say where they are. A few such channels, rows and columns
say, tell a kernel roughly where it is; as many as there are places give each a number of its own.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from autograder.checks.places.looks import SAME, Followed, Look
from autograder.checks.places.tally import directions_of, more_than
from autograder.graph.arguments import Stored, Value
from autograder.graph.nodes import Graph, Node

JOINING = {"elementwise", "join"}
TINY = 1e-12  # beside any number
ALIKE = 0.03  # of what a map differs by from place to place
FAINT = 0.02  # of the largest singular value: less is how a map's sizes round
SIDE = 7  # a map is looked at in 7x7 places
GUIDES = 8  # channels that are the same for every image: what a kernel may know of its place
WIDE = 0.12  # of the places: a number that reaches less is at one of them


def added_per_place(graph: Graph, look: Look) -> list[tuple[Node, int]]:
    """Return where learned maps come in, and how many of their numbers are at one place each."""
    generator = torch.Generator().manual_seed(look.seed)
    network = Followed(graph, look, generator)
    numbers = list(network.parameters())
    values: dict[int, Tensor] = {0: look.base(generator)}
    for made, call in enumerate(network.calls, start=1):
        value = network.value(call, values)
        values[made] = levelled(value) if call.node.operation.family == "convolution" else value
    found, seen = list(guided(graph, values)), set[int]()
    of_image = {0}  # the values that an image has a part in; the others are made of numbers alone
    for made, node in enumerate(graph.nodes, start=1):
        if not any(isinstance(ref, Value) and ref.index in of_image for ref in node.references()):
            continue
        of_image.add(made)
        if node.operation.family not in JOINING:
            continue
        for ref in node.references():
            if not isinstance(ref, Value) or ref.index in seen:
                continue
            seen.add(ref.index)
            if is_learned_map(values[ref.index]):
                found.append((node, at_one_place(values[ref.index], numbers)))
    return found


def levelled(value: Tensor) -> Tensor:
    """Scale a layer's result as a whole, to a size at which no ReLU6 or tanh is at its limit."""
    return value / (value.detach().square().mean().sqrt() + TINY)


def is_learned_map(value: Tensor) -> bool:
    """Return whether a value is a map of learned numbers that is alike for two images.

    Where a tanh has saturated, maps are alike as well, but for what differs from place to place.
    """
    if value.dim() != 4 or value.shape[2] * value.shape[3] == 1 or not value.requires_grad:
        return False
    if len(value) == 1:  # made of numbers alone, for every image
        value = value.expand(2, -1, -1, -1)
    one, two = (image / image.norm() for image in value.detach()[:2])
    spread = float((one.amax((1, 2)) - one.amin((1, 2))).max())
    turned = float((one * two).sum().sign())  # its size may be negative for one of the images
    apart = float((one - turned * two).abs().max())
    return spread > SAME * float(one.abs().max()) and apart <= ALIKE * spread


def guided(graph: Graph, values: dict[int, Tensor]) -> Iterator[tuple[Node, int]]:
    """Count kernels' numbers for channels that no image changes, if these say much of a place.

    Rows and columns joined again at every layer say the same again. But eight places joined here
    and eight others there are sixteen.
    """
    numbers: dict[int, int] = {}  # by the number of the operation
    maps: list[Tensor] = []
    for at, node in enumerate(graph.nodes):
        if node.operation.family != "convolution":
            continue
        [image, weight] = node.references()[:2]
        if not isinstance(image, Value) or not isinstance(weight, Stored):
            continue
        x = values[image.index].detach()
        guides = x[0][guiding(x)]  # (guides, H, W)
        if len(guides):
            numbers[at] = len(guides) * graph.tensors[weight.name].numel() // x.shape[1]
            maps.append(torch.nn.functional.adaptive_avg_pool2d(guides, SIDE).flatten(1))
    if maps and different(torch.cat(maps)) > GUIDES:
        yield graph.nodes[max(numbers, key=lambda at: numbers[at])], sum(numbers.values())


def guiding(x: Tensor) -> Tensor:
    """Return which channels differ from place to place but not from image to image: (C,)."""
    rounding = SAME * x.abs().max()
    uneven = x[0].amax((1, 2)) - x[0].amin((1, 2)) > rounding
    return uneven & ((x[0] - x[1]).abs().amax((1, 2)) <= rounding)


def different(maps: Tensor) -> int:
    """Return how many maps it takes to write all of them as sums, beside an even grey."""
    maps = maps - maps.mean(1, keepdim=True)  # (maps, places)
    return more_than(FAINT, directions_of(maps))


def at_one_place(value: Tensor, numbers: list[torch.nn.Parameter]) -> int:
    """Count the numbers that reach one place of a map alone."""
    rows, columns = (torch.arange(side).tensor_split(min(SIDE, side)) for side in value.shape[2:])
    reach = []
    for row in rows:
        for column in columns:
            part = value[0][:, row][:, :, column].sum()
            slopes = torch.autograd.grad(
                part, numbers, retain_graph=True, allow_unused=True, materialize_grads=True
            )
            reach.append(torch.cat([slope.abs().flatten() for slope in slopes]))
    table = torch.stack(reach, 1)  # (numbers, places)
    table = table[table.amax(1) > 0]
    share = table.sum(1) ** 2 / (table.shape[1] * table.square().sum(1))
    return int((share < WIDE).sum())
