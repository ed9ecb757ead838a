"""A network as a diagram: each layer a box as high as its map, and as wide as it has channels.

    draw_network({"under 8k": ledger(network)})

Drawn from the rows of the ledger, so from the network itself and not from its code. What leaves the
map's shape as it is and looks at no neighbours (a norm, a relu, dropout) has no box of its own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle

from course.figures.drawing import (
    BLUE,
    GREY,
    INK,
    PALE,
    PHONE,
    RED,
    Drawing,
    also_for_phones,
    write_text,
)
from course.figures.letters import drawable
from course.rows import Ledger, Row

# How a box is filled, by what its layer does, and what the legend says to it.
FILLS: dict[str, tuple[str, str | None, str]] = {
    "image": ("white", None, "the image"),
    "looks": (PALE, None, "convolution that looks at neighbours"),
    "mixes": (RED, "///", "1x1 convolution: mixes channels"),
    "shrinks": ("white", "xxx", "pool"),
    "averages": (BLUE, None, "average of all places"),
    "adds": (GREY, None, "sum of two maps"),
    "dense": (INK, None, "dense layer"),
}
NUMBERS = "above a layer its channels, below it the rows of its map"
ROOM = (0.46, 0.7)  # inches from one box to the next: for three digits and a gap, and at most
TALLEST = 0.7  # inches for a map of 28 rows
TEXTS = 0.52  # inches for the numbers above and below a line of boxes
NAME = 0.26  # and for the name of its network
SIDE = 28  # of an image


@dataclass(frozen=True)
class Box:
    """One layer: what it does, and the map that it leaves."""

    kind: str
    channels: int
    side: int

    @property
    def width(self) -> float:
        """Between 0.12 and 0.85 of its room; doubled channels add the same each time."""
        return min(0.85, 0.12 + 0.1 * math.log2(max(1, self.channels)))


def boxes(rows: Sequence[Row]) -> list[Box]:
    """Return the image, and a box for each layer that looks, mixes, shrinks, averages or adds."""
    found = [Box("image", 1, SIDE)]
    for row in rows:
        channels, side = row.shape[0], (row.shape[1] if len(row.shape) > 1 else 1)
        kind, before = kind_of(row), found[-1]
        if kind and not (kind == "averages" and side == before.side):
            found.append(Box(kind, channels, side))
    # An average before a larger map only measured something on the side.
    return [
        box
        for place, box in enumerate(found)
        if box.kind != "averages" or all(later.side <= box.side for later in found[place:])
    ]


def kind_of(row: Row) -> str:
    """Tell what a layer does, by its operation in the ledger; nothing where it has no box."""
    operation = row.operation
    if operation.startswith("conv"):
        return "mixes" if " 1x1" in operation else "looks"
    if operation.startswith(("linear", "matmul", "addmm", "mm")):
        return "dense"
    everywhere = "adaptive" in operation or "mean" in operation
    if everywhere or (operation.startswith("avg_pool") and row.shape[1:] == (1, 1)):
        return "averages"
    if operation == "add":
        return "adds"
    return "shrinks" if "pool" in operation else ""


@also_for_phones(width=PHONE)
def draw_network(networks: Mapping[str, Ledger], title: str = "", width: float = 9.0) -> Drawing:
    """Draw networks below each other; a long one goes on in the next line."""
    found = {name: boxes(ledger.rows) for name, ledger in networks.items()}
    most = int((width - 0.2) / ROOM[0])  # boxes in a line
    room = min(ROOM[1], (width - 0.2) / min(most, max(map(len, found.values()))))
    lines: list[tuple[str, list[Box]]] = []
    for name, row in found.items():
        said = f"{drawable(name, 'your network')}: {networks[name].parameters:,} parameters"
        starts = range(0, len(row), most)
        lines += [("" if start else said, row[start : start + most]) for start in starts]
    tops = list(accumulate((height(said, line) for said, line in lines), initial=0.0))
    used = {box.kind for row in found.values() for box in row} - {"image"}
    columns = 2 if width > PHONE else 1
    below = 0.22 * (math.ceil(len(used) / columns) + 1) + 0.15
    figure = Drawing((width, tops[-1] + below + 0.3 * bool(title)), title)
    axes = figure.subplots()
    axes.set_axis_off()
    for (said, line), top in zip(lines, tops, strict=False):
        draw_line(axes, said, line, top, room)
    axes.set(xlim=(-0.06, width - 0.2), ylim=(tops[-1], 0))
    handles = [
        Patch(facecolor=colour, hatch=hatch, edgecolor=INK, label=text)
        for kind, (colour, hatch, text) in FILLS.items()
        if kind in used
    ]
    figure.legend(
        handles=handles,
        loc="outside lower left",
        title=NUMBERS,
        ncols=columns,
        frameon=False,
        fontsize=8.5,
        title_fontsize=8.5,
        alignment="left",
    )
    figure.alt = in_words(title, networks)
    return figure


def height(said: str, line: Sequence[Box]) -> float:
    """Return the inches that a line of boxes takes."""
    return TEXTS + TALLEST * max(box.side for box in line) / SIDE + (NAME if said else 0)


def draw_line(axes: Axes, said: str, line: Sequence[Box], top: float, room: float) -> None:
    """Draw boxes side by side, on one ground; above each its channels, below it its map's side."""
    ground = top + height(said, line) - 0.3
    axes.text(0, top + 0.12, said, fontsize=9, color=INK, va="center", parse_math=False)
    for place, box in enumerate(line):
        middle, width = (place + 0.5) * room, room * box.width
        high = TALLEST * max(0.06, box.side / SIDE)
        colour, hatch, _ = FILLS[box.kind]
        shape = Rectangle((middle - width / 2, ground - high), width, high, hatch=hatch)
        shape.set(facecolor=colour, edgecolor=INK, linewidth=0.8)
        axes.add_patch(shape)
        inches = axes.transData
        write_text(axes, middle, ground - high - 0.1, str(box.channels), transform=inches)
        write_text(axes, middle, ground + 0.12, str(box.side), transform=inches, color=GREY)


def in_words(title: str, networks: Mapping[str, Ledger]) -> str:
    """Say each network's layers in order."""
    said = []
    for name, ledger in networks.items():
        layers = (f"{box.channels} x {box.side} x {box.side}" for box in boxes(ledger.rows))
        said.append(f"{name}, {ledger.parameters:,} parameters: {', '.join(layers)}")
    return f"{title or 'Networks, layer by layer'}. {'. '.join(said)}."
