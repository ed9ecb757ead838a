"""Kernels that cover their whole map, however they are reached: by padding, dilation, in halves.

A kernel that covers its map has nowhere to slide to. What counts of the map is the part that an
image can change: a border of zeros, or a half that was cut off, is no room. And what counts of the
result are the places that the scores depend on.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from autograder.checks.labels import Dense
from autograder.checks.places.answers import Answers
from autograder.checks.places.looks import SAME
from autograder.graph.arguments import Stored
from autograder.graph.nodes import Graph

ONE = 1.3  # place, or so few more that nothing slides
# Of the map, that a kernel reaches which is used at one place: less is a look at the middle.
QUARTER = 0.25


def content(x: Tensor) -> tuple[int, int]:
    """Return over how many rows and columns a map differs from image to image."""
    varies = (x - x[:1]).abs().amax((0, 1)) > SAME * x.abs().max()  # (H, W)
    return extent(varies.any(1)), extent(varies.any(0))


def extent(lines: Tensor) -> int:
    """Return how many lines lie from the first true one to the last."""
    found = torch.nonzero(lines).flatten().tolist()
    return found[-1] - found[0] + 1 if found else 0


def covering(graph: Graph, noise: Answers, straight: Answers, alone: set[str]) -> Iterator[Dense]:
    """Find the kernels that cover their map, or cover it one way while another does the rest.

    A map that is laid out many times is larger, and a kernel in steps of the map's size meets the
    same places everywhere: such kernels are named in `alone`, by what their numbers answer to.
    """
    for made, x in noise.inputs.items():
        node = graph.nodes[made - 1]
        weight = node.args["weight"]
        if not isinstance(weight, Stored) or weight.name not in graph.tensors or x.dim() != 4:
            continue
        area = content(x)
        height, width = graph.tensors[weight.name].shape[2:]
        if max(area) <= 1 or height * width == 1:
            continue  # nothing to slide over, or nothing that could cover it
        used = straight.used.get(made)
        gaps = node.integers("dilation")
        ways = [
            Way(height, area[0], gaps[0], 28.0 if used is None else places(used.sum(1))),
            Way(width, area[1], gaps[1], 28.0 if used is None else places(used.sum(0))),
        ]
        if cover(ways):
            why = f"its {height}x{width} kernel covers its whole {area[0]}x{area[1]} map"
            yield Dense(node, why, "whole map")
        elif weight.name in alone:
            why = f"each number of its {height}x{width} kernel meets one place of the image alone"
            yield Dense(node, why, "whole map")


@dataclass(frozen=True)
class Way:
    """A kernel over its map, one way: along the rows, or along the columns."""

    kernel: int
    map: int
    gap: int  # between two of the kernel's numbers: its dilation
    used: float  # places of the result that the scores depend on

    @property
    def reach(self) -> int:
        """How many lines lie from the kernel's first number to its last."""
        return (self.kernel - 1) * self.gap + 1

    @property
    def stuck(self) -> bool:
        """Whether no line of the map meets two of the kernel's numbers."""
        return self.map > 1 and self.kernel > 1 and self.used <= ONE * self.gap

    @property
    def covered(self) -> bool:
        """Whether the kernel reaches every line, wherever it is used."""
        return self.reach + self.used - 1 + self.gap - 1 >= self.map


def cover(ways: list[Way]) -> bool:
    """Return whether a kernel covers its map in one way at least, with nowhere to slide to."""
    if all(way.kernel >= way.map for way in ways):
        return True
    if any(way.stuck and way.covered for way in ways):
        return True
    rows, columns = ways
    wide = rows.reach * columns.reach >= QUARTER * rows.map * columns.map
    return wide and all(way.stuck for way in ways)


def places(weights: Tensor) -> float:
    """Return how many places count, where each has a weight: as many equal ones would."""
    return float(weights.sum() ** 2 / weights.square().sum().clamp_min(1e-30))
