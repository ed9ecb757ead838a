"""Images in rows and columns of one panel.

    left, top = corner(i, columns, height=1.5)
    show_image(axes, pixels[i], left, top, pixels)
    outline(axes, left, top)
    fit(axes, columns, rows, height=1.5)        # last: each image moves the limits

An image is 1 wide and 1 high. A panel for each would bring ticks, spines and labels that nobody
sees.
"""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from course.figures.arrays import Floats
from course.figures.drawing import INK, write_text

WIDTH = 1.12  # from one image to the next: the image, and a gap
MARGIN = 0.06  # around all of them: room for half of a frame's line
EDGE = "#bbbbbb"


def corner(i: int, columns: int, height: float) -> tuple[float, float]:
    """Return the left and the top of image i; `height` is from one row to the next."""
    return WIDTH * (i % columns), height * (i // columns)


def show_image(axes: Axes, image: Floats, left: float, top: float, scale: Floats) -> None:
    """Draw one image, (H, W), dark on white; the least and greatest of `scale` are the ends."""
    extent = (left, left + 1, top + 1, top)
    axes.imshow(image, "gray_r", vmin=scale.min(), vmax=scale.max(), extent=extent)


def outline(
    axes: Axes, left: float, top: float, side: float = 1, color: str = EDGE, linewidth: float = 0.6
) -> None:
    """Draw a square frame."""
    square = Rectangle((left, top), side, side, fill=False, edgecolor=color, linewidth=linewidth)
    axes.add_patch(square)


def write_below(
    axes: Axes, left: float, top: float, text: str, color: str = INK, bold: bool = False
) -> None:
    """Write a line below an image; `left` and `top` are where its middle and its upper edge are."""
    place = axes.transData
    write_text(axes, left, top, text, transform=place, va="top", color=color, bold=bold)


def fit(axes: Axes, columns: int, rows: int, height: float) -> None:
    """Set the panel's limits around all images; y grows downwards, as rows are read."""
    axes.set(xlim=(-MARGIN, WIDTH * columns - MARGIN), ylim=(height * rows, -MARGIN))
