"""A kernel that slides over an image: what it meets at one place, and the map that comes of it.

    draw_sliding(image, [[-1, -1, -1], [0, 0, 0], [1, 1, 1]])

On the site the place is moved with a slider (lessons/site/sliding.js); the picture stays where no
script runs, and it is what a notebook shows.
"""

from __future__ import annotations

import json
from html import escape

import numpy as np
from matplotlib.axes import Axes

from course.figures.arrays import Floats, Values, as_array
from course.figures.drawing import BLUE, INK, PHONE, RED, Drawing, also_for_phones
from course.figures.images.sheet import outline

PANELS = "ipkm"  # image, patch, kernel, map: side by side
ON_PHONES = "im;pk"


class Sliding(Drawing):
    """The picture, and for the site what its slider needs."""

    image: Floats
    kernel: Floats

    def to_picture(self) -> str:
        """Return the picture as the site shows it, in a box that its script finds."""
        data = {"image": self.image.astype(int).tolist(), "kernel": self.kernel.tolist()}
        values = escape(json.dumps(data, separators=(",", ":")), quote=True)
        return f'<div class="sliding" data-values="{values}">{super().to_picture()}</div>'


def slid(image: Floats, kernel: Floats) -> Floats:
    """Return the map that a kernel leaves of an image: a sum of products at each place."""
    patches = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)  # (H, W, k, k)
    return as_array(np.einsum("hwij,ij->hw", patches, kernel))


def telling(map_: Floats) -> tuple[int, int]:
    """Return the place at which a kernel answers most: where there is most to see."""
    row, column = np.unravel_index(np.argmax(map_), map_.shape)
    return int(row), int(column)


@also_for_phones(width=PHONE)
def draw_sliding(
    image: Values, kernel: Values, title: str = "A kernel slides over a digit", width: float = 9.0
) -> Drawing:
    """Draw the place of an image (28, 28) at which a kernel (k, k) answers most, and the map."""
    pixels, weights = as_array(image), as_array(kernel)
    pixels = pixels.reshape(pixels.shape[-2:])
    map_ = slid(pixels, weights)
    row, column = telling(map_)
    side = len(weights)
    patch = pixels[row : row + side, column : column + side]
    phone = width <= PHONE
    figure = Sliding((width, 4.6 if phone else 2.9), title)
    figure.image, figure.kernel = pixels, weights
    axes = figure.subplot_mosaic(ON_PHONES if phone else PANELS)
    show_map(axes["i"], pixels, "the image", signed=False)
    show_numbers(axes["p"], patch, "its pixels there")
    show_numbers(axes["k"], weights, "times the kernel")
    show_map(axes["m"], map_, "the map", signed=True)
    for name, at, long in (("i", (column, row), side), ("m", (column, row), 1)):
        outline(axes[name], at[0] - 0.5, at[1] - 0.5, long, color=RED, linewidth=2)
    axes["k"].set_xlabel(f"added up: {map_[row, column]:,.0f}", fontsize=9, color=RED)
    axes["m"].set_xlabel(f"{len(map_)} x {len(map_)} such sums", fontsize=9, color=INK)
    axes["i"].set_xlabel(f"{len(pixels)} x {len(pixels)} pixels", fontsize=9, color=INK)
    axes["p"].set_xlabel("0 is paper, 255 ink", fontsize=9, color=INK)
    figure.alt = (
        f"{title}: at row {row + 1}, column {column + 1} the {side} x {side} pixels under the "
        f"kernel, each times its weight, add up to {map_[row, column]:,.0f}, the most of all "
        f"{map_.size} places. All sums together are the map, {len(map_)} x {len(map_)}."
    )
    return figure


def show_map(axes: Axes, values: Floats, name: str, signed: bool) -> None:
    """Draw pixels, or sums: below zero they are blue."""
    most = max(1e-9, float(np.abs(values).max()))
    style = ("RdBu_r", -most, most) if signed else ("gray_r", 0.0, most)
    axes.imshow(values, style[0], vmin=style[1], vmax=style[2])
    bare(axes, name)


def show_numbers(axes: Axes, values: Floats, name: str) -> None:
    """Write numbers in a grid."""
    axes.imshow(np.zeros_like(values), "gray_r", vmin=0, vmax=1)
    for (row, column), value in np.ndenumerate(values):
        colour = BLUE if value < 0 else INK
        text = f"{value:g}" if float(value).is_integer() else f"{value:.2f}"
        axes.text(column, row, text, ha="center", va="center", fontsize=9, color=colour)
    for line in range(1, len(values)):
        axes.axhline(line - 0.5, color=INK, linewidth=0.4)
        axes.axvline(line - 0.5, color=INK, linewidth=0.4)
    bare(axes, name)


def bare(axes: Axes, name: str) -> None:
    """Name a panel, and take its ticks away."""
    axes.set_title(name, fontsize=9.5, color=INK)
    axes.set(xticks=[], yticks=[])
