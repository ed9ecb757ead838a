"""Where each learned number works, and whether that makes a dense layer.

    found = measure(graph)
    found.dense             # what amounts to a fully connected layer, with its line
    found.shares            # of the image's places, that a number of each tensor works at

A dense layer is known by what its numbers do. Each works at one place: its share of the places is
1 in 49, with 7x7 of them. Or, where it was written in waves or steps over the image, its numbers
weight all places, but in as many ways as there are places. A convolution's numbers work everywhere,
and what comes after global pooling weights all places in one way.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass, field

import torch
from torch import Tensor

from autograder.checks.labels import Dense
from autograder.checks.places.added import added_per_place, guiding
from autograder.checks.places.answers import Answers, Part, follow, kernels_of, parts_of
from autograder.checks.places.kernels import content, covering
from autograder.checks.places.looks import Look
from autograder.checks.places.tally import (
    A_ROW,
    FEW,
    Tally,
    directions_to_weight,
    faint_ways_in,
    share_of,
    together,
    ways_in,
    ways_of,
    widest,
)
from autograder.graph.arguments import Stored
from autograder.graph.nodes import Graph, Node, references_in
from autograder.graph.size import size_of

STRAIGHT = Look("straight", straight=True, digits=False, images=1, variety=0.3, seed=0)
DIGITS = Look("digits", straight=False, digits=True, images=4, variety=0.3, seed=3)
NOISE = Look("noise", straight=False, digits=False, images=2, variety=1.0, seed=1)

LARGE = 100_000  # numbers: a network of more is looked at more coarsely

# Ways to weight the places: more are a dense layer's. Kernels that slide may be a few, each over
# its own part of the map.
WAYS, SLIDING_WAYS = 3.2, 5.0
# The same of one tensor's numbers alone, which the many honest ones of others would drown. Of 240
# honest networks the most is 8; one number for each of 49 places makes 49.
WAYS_ALONE = 16.0
FAINT_WAYS = 32  # seen straight, faint ones too: honest networks have 24 at most, a layer 49
SCATTERED = 2.0  # ways of numbers at one place each: fewer are a look at the same place
LITTLE = 0.02  # of all numbers: so few at one place are no layer
# Of the places that a kernel's number meets, at the median: 0.08 where it slides over four places,
# and at most 0.05 of a map, laid out many times, that it covers.
TAP_ALONE = 0.06
CLEAR = 0.15  # where no number's share is less, labels that suspect a dense layer are wrong


@dataclass
class Places:
    """What was found out about where a network's numbers work."""

    dense: list[Dense] = field(default_factory=list)
    shares: dict[str, float] = field(default_factory=dict)  # by tensor, of those that answered
    ways: float = 1.0  # to weight the places, if they are too many
    silent: int = 0  # numbers that answered to nothing
    statistics: int = 0  # numbers that BatchNorm keeps for one place each
    kernels: list[Dense] = field(default_factory=list)  # that cover their whole map

    @property
    def clear(self) -> bool:
        """Whether every number was seen to work at many places, and no hint of a dense layer."""
        return not self.dense and not self.silent and min(self.shares.values(), default=0) >= CLEAR


def measure(graph: Graph) -> Places:
    """Follow every learned number and say where it works."""
    parts, kernels = parts_of(graph), kernels_of(graph)
    if not parts:
        return Places()  # nothing is learned
    tallies, stored = [Tally.of(part) for part in parts], len(graph.stored())
    large = sum(part.groups * part.taps for part in parts) > LARGE
    looked = {
        look: follow(graph, parts, look.coarser() if large else look)
        for look in (STRAIGHT, DIGITS, NOISE)
    }
    # What a bias answers, at the few blocks where a pool or a ReLU chooses otherwise, is chance.
    weights = [place for place, part in enumerate(parts[:stored]) if part.name not in biases(graph)]
    sliding = [slides(graph, parts[place].name, kernels, looked[NOISE]) for place in weights]
    found, scattered = Places(), 1.0
    for answers in looked.values():
        # Many kernels without padding see the middle of an image, and so does what BatchNorm keeps
        # behind them: a mean is of one place where it sees little of that.
        most = widest(answers.changes) if graph.statistics else 1.0
        looks = zip(tallies, answers.changes, answers.strong, strict=True)
        local = [
            tally.take(change, strong, most if place >= stored else 1.0)
            for place, (tally, change, strong) in enumerate(looks)
        ]
        # All at the same place are a look at it, and no layer.
        scattered = max(scattered, ways_of(torch.cat(local)))
        rows = [together(answers.changes[place]) for place in weights]
        straight = answers is looked[STRAIGHT]
        found.ways = max(found.ways, ways_to_weight(rows, sliding, straight))
    kept = sum(tally.at_one_place(A_ROW) for tally in tallies[stored:])
    found.statistics = 2 * kept if kept > FEW else 0  # a mean and a variance
    tallies = tallies[:stored]
    for tally in tallies:
        seen = tally.share[torch.isfinite(tally.share)]
        if len(seen):
            found.shares[tally.part.name] = middle_of(seen)
        if graph.tensors[tally.part.name].dim() > 1:
            told = by_guides(graph, tally.part, kernels, looked[NOISE].inputs)
            found.silent += int((~torch.isfinite(tally.share) & ~told).sum())
    counts = {t.part.name: t.at_one_place() if scattered >= SCATTERED else 0 for t in tallies}
    for tally in tallies:
        if is_drawn(graph, tally.part.name, looked[DIGITS].inputs):
            counts[tally.part.name] += tally.taps_at_one_place()
    found.dense = [
        *lost(graph, tallies, looked.values()),
        *at_one_place(graph, counts),
        *in_many_ways(graph, tallies, found.ways),
        *added(graph),
    ]
    alone = {
        part.name
        for part, change in zip(parts, looked[NOISE].changes, strict=True)
        if part.taps > 1 and middle_of(share_of(change)) < TAP_ALONE
    }
    found.kernels = list(covering(graph, looked[NOISE], looked[STRAIGHT], alone))
    return found


def middle_of(shares: Tensor) -> float:
    """Return the median share of the numbers that answered, or infinity where none did."""
    seen = shares[torch.isfinite(shares)]
    return float(seen.median()) if len(seen) else math.inf


def parameters_of(graph: Graph, places: Places | None = None) -> int:
    """Count a network's parameters as every verdict, table and list shows them."""
    kept = (places or measure(graph)).statistics if graph.statistics else 0
    return size_of(graph).total + kept


def ways_to_weight(rows: list[Tensor], sliding: list[bool], straight: bool) -> float:
    """Return in how many ways learned numbers weight the places, or 1 where that is no layer."""
    each = [directions_to_weight(row) for row in rows]
    most = max(map(ways_in, each), default=1.0)
    if most >= WAYS_ALONE:
        return most
    faint = max(map(faint_ways_in, each), default=1) if straight else 1
    if faint >= FAINT_WAYS:
        return faint
    fixed = [row for row, slides in zip(rows, sliding, strict=True) if not slides]
    if fixed and (ways := ways_of(torch.cat(fixed))) >= WAYS:
        return ways
    return ways if rows and (ways := ways_of(torch.cat(rows))) >= SLIDING_WAYS else 1.0


def biases(graph: Graph) -> set[str]:
    """Name the tensors that are nothing but biases of layers."""
    given = [
        (argument, ref.name)
        for node in graph.nodes
        for argument, arg in node.args.items()
        for ref in references_in(arg)
        if isinstance(ref, Stored)
    ]
    return {name for _, name in given} - {name for argument, name in given if argument != "bias"}


def slides(graph: Graph, name: str, kernels: dict[str, list[int]], answers: Answers) -> bool:
    """Return whether a tensor works all over a map wherever it is used.

    It is the kernel of a convolution with a map to slide over, or one number for each channel.
    """
    if name in kernels:
        return all(min(content(answers.inputs[made])) > 1 for made in kernels[name])
    each = graph.tensors[name]
    users = [
        made for made, node in enumerate(graph.nodes, start=1) if Stored(name) in node.references()
    ]
    maps = [shape for made in users if len(shape := answers.shapes[made]) == 4]
    by_channel = each.dim() < 2 or (each.dim() >= 3 and each.shape[-2:].numel() == 1)
    return by_channel and len(maps) == len(users) and all(min(map_[2:]) > 1 for map_ in maps)


def by_guides(
    graph: Graph, part: Part, kernels: dict[str, list[int]], inputs: dict[int, Tensor]
) -> Tensor:
    """Return which of a kernel's groups meet channels that no image changes: (groups,).

    They answer to nothing, and are known all the same: they tell where a place is.
    """
    told = torch.zeros(len(part.chosen), dtype=torch.bool)
    size = graph.tensors[part.name].shape
    if part.name not in kernels or any(size[1] != inputs[m].shape[1] for m in kernels[part.name]):
        return told
    guides = torch.stack([guiding(inputs[made]) for made in kernels[part.name]]).all(0)
    return guides[part.chosen % size[1]]


def is_drawn(graph: Graph, name: str, inputs: dict[int, Tensor]) -> bool:
    """Return whether a kernel is drawn over a map: it slides over a point or two."""
    for made, x in inputs.items():
        node = graph.nodes[made - 1]
        if node.args["weight"] != Stored(name):
            continue
        side = max(content(x))
        spreads = node.operation.name == "conv_transpose2d"
        if side <= 1 or (spreads and 2 * side < min(graph.tensors[name].shape[2:])):
            return True
    return False


# ---- what is said of it --------------------------------------------------------------------------


def at_one_place(graph: Graph, counts: dict[str, int]) -> list[Dense]:
    """Say how many numbers work at one place each, at the tensor that has most of them."""
    total = sum(counts.values())
    if total <= few(graph):
        return []
    name = max(counts, key=lambda name: counts[name])
    why = f"{total:,} learned numbers work at one place of the image each, as a dense layer's do"
    return [Dense(user_of(graph, name), why)]


def lost(graph: Graph, tallies: list[Tally], looked: Collection[Answers]) -> list[Dense]:
    """Say how many numbers cannot be followed, since every look at them ends in nan."""
    counts = dict.fromkeys(graph.stored(), 0)
    for place, tally in enumerate(tallies):
        blind = [~torch.isfinite(answers.changes[place]).all(2).all(1) for answers in looked]
        counts[tally.part.name] = round(
            tally.scale * tally.part.taps * int(torch.stack(blind).all(0).sum())
        )
    if sum(counts.values()) <= few(graph):
        return []
    name = max(counts, key=lambda name: counts[name])
    why = (
        f"what {sum(counts.values()):,} learned numbers do cannot be followed: with other weights "
        "the network computes nan or infinity"
    )
    return [Dense(user_of(graph, name), why)]


def in_many_ways(graph: Graph, tallies: list[Tally], ways: float) -> list[Dense]:
    """Say in how many ways the places are weighted, at the largest tensor that may do it."""
    if ways <= 1.0:
        return []
    name = max(tallies, key=lambda tally: tally.part.groups / tally.part.taps).part.name
    why = (
        f"learned numbers weight the places of the image in {ways:.0f} ways, as a dense layer's do"
    )
    return [Dense(user_of(graph, name), why)]


def added(graph: Graph) -> list[Dense]:
    """Say where learned numbers are added place by place."""
    return [
        Dense(node, f"it adds {count:,} learned numbers, each at one place of the image")
        for node, count in added_per_place(graph, NOISE)
        if count > few(graph)
    ]


def few(graph: Graph) -> float:
    """Return how many numbers of a network may be at one place each without being a layer."""
    return max(FEW, LITTLE * sum(tensor.numel() for tensor in graph.stored().values()))


def user_of(graph: Graph, name: str) -> Node:
    """Return the first operation that is given a tensor."""
    return next(node for node in graph.nodes if Stored(name) in node.references())
