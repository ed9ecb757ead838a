"""Names beside the points of a panel, where they cover nothing.

write_names(figure, axes, [(7578, 0.41, "under 8k"), (10_066, 0.52, "003")], leads=1)

Each name tries a few places around its point and takes the first that is free. In a crowd most
points stay unnamed: a name that covers another one helps nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from course.figures.drawing import GREY, INK
from course.figures.letters import fonts_for

Spot = tuple[float, float, str]  # x, y and name, in data coordinates
SIDES = [(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1)]  # right, up
NEAR, FURTHER = 8, (20, 32)  # from a point to its name, in points; further off, a line leads there
CROWD = 12  # with more points than this, lines to all names would be clutter


def write_names(figure: Figure, axes: Axes, spots: Sequence[Spot], leads: int) -> None:
    """Write names beside their points, the first ones first.

    The first `leads` of them, and each one of a few, may stand further off with a line to it.
    """
    figure.draw_without_rendering()  # settles the layout: from here on, places are pixels
    figure.set_layout_engine("none")
    inside = axes.get_window_extent().padded(-6)
    taken = _boxes(axes, figure.dpi / 72)
    for n, (x, y, name) in enumerate(spots):
        far = FURTHER if n < leads or len(spots) <= CROWD else ()
        for distance, (right, up) in ((d, side) for d in (NEAR, *far) for side in SIDES):
            text = axes.annotate(
                name,
                (x, y),
                (right * distance, up * distance),
                textcoords="offset points",
                ha=("center", "left", "right")[right],
                va=("center", "bottom", "top")[up],
                fontsize=8.5,
                fontfamily=fonts_for(name),
                color=INK,
                arrowprops={"arrowstyle": "-", "color": GREY} if distance > NEAR else None,
                parse_math=False,  # a student's name: a $ in it must not start a formula
            )
            text.get_window_extent()  # puts it in its place
            box = Text.get_window_extent(text)  # without the line that leads to it
            fits = inside.x0 < box.x0 and box.x1 < inside.x1
            fits = fits and inside.y0 < box.y0 and box.y1 < inside.y1
            # A name that ends right before another point would be read as that one's.
            if fits and not box.padded(NEAR, 0).count_overlaps(taken):
                taken.append(box)
                break
            text.remove()


def _boxes(axes: Axes, point: float) -> list[Bbox]:
    """Return the boxes, in pixels, of what lines and markers cover; a point is so many pixels."""
    boxes = []
    for line in axes.lines:  # the threshold, the frontier, spreads and markers
        path = line.get_transform().transform(np.asarray(line.get_xydata()))  # (K, 2)
        marked = line.get_marker() not in ("", "None")
        reach = line.get_markersize() / 2 + 1 if marked else 1
        joined = line.get_linestyle() != "None"
        pairs = pairwise(path) if joined else zip(path, path, strict=True)
        for a, b in pairs:
            boxes.append(Bbox([np.minimum(a, b), np.maximum(a, b)]).padded(reach * point))
    return boxes
