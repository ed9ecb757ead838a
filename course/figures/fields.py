"""What one value of each layer sees of the image: its receptive field, over a digit.

    growing(image, [(3, 1, 1), (3, 1, 1), (2, 2, 0)], ["conv1", "conv2", "pool1"])

A window is (kernel, stride, padding); convolutions and pools are alike here, since both look at a
few neighbours. Drawn is the value in the middle of each map.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.patches import Rectangle

from course.figures.plots import INK, RED, Drawing

Window = tuple[int, int, int]  # kernel, stride, padding
FADED = 0.25  # of its ink is left of what is not seen


@dataclass(frozen=True)
class Field:
    """Say what a map's middle value sees: `sees` rows of the image from row `first` on."""

    side: int  # of the map
    first: int  # below 0 where the field reaches into the padding
    sees: int

    def within(self, side: int) -> tuple[int, int]:
        """Return the first row seen and the row after the last, as far as there is an image."""
        return max(0, self.first), min(side, self.first + self.sees)


def middles(windows: Sequence[Window], side: int = 28) -> list[Field]:
    """Follow the middle value of each map through a row of windows."""
    fields, start, sees, jump, rows = [], 0, 1, 1, side  # jump: image rows between two neighbours
    for kernel, stride, padding in windows:
        start -= padding * jump
        sees += (kernel - 1) * jump
        jump *= stride
        rows = (rows + 2 * padding - kernel) // stride + 1
        if rows < 1:
            raise ValueError(f"a window of {kernel} finds no place: its map is smaller")
        fields.append(Field(rows, start + rows // 2 * jump, sees))
    return fields


def growing(
    image: Any,
    windows: Sequence[Window],
    names: Sequence[str],
    title: str = "What one value sees",
    columns: int = 5,
) -> Drawing:
    """Draw a digit (28, 28) once for each layer, with what is not seen from there faded."""
    pixels = np.asarray(image.detach().cpu() if hasattr(image, "detach") else image, dtype=float)
    pixels = pixels.reshape(pixels.shape[-2:])  # (H, W)
    fields = middles(windows, len(pixels))
    columns = max(1, min(columns, len(fields)))
    lines = max(1, -(-len(fields) // columns))
    figure = Drawing((max(3.0, 1.5 * columns), 1.9 * lines + 0.3), title)
    axes = figure.subplots()
    axes.set_axis_off()
    for i, (name, field) in enumerate(zip(names, fields, strict=True)):
        left, top = 1.12 * (i % columns), 1.42 * (i // columns)
        start, end = field.within(len(pixels))
        shown = pixels * FADED
        shown[start:end, start:end] = pixels[start:end, start:end]
        extent = (left, left + 1, top + 1, top)
        axes.imshow(shown, "gray_r", vmin=pixels.min(), vmax=pixels.max(), extent=extent)
        edge: dict[str, Any] = {"fill": False, "edgecolor": "#bbbbbb", "linewidth": 0.6}
        axes.add_patch(Rectangle((left, top), 1, 1, **edge))
        corner = (left + start / len(pixels), top + start / len(pixels))
        wide = (end - start) / len(pixels)
        edge |= {"edgecolor": RED, "linewidth": 2.2}
        axes.add_patch(Rectangle(corner, wide, wide, **edge))
        said = f"{name} ({field.side} x {field.side})\nsees {min(field.sees, len(pixels))}"
        axes.text(left + 0.5, top + 1.05, said, ha="center", va="top", fontsize=8.5, color=INK)
    axes.set(xlim=(-0.06, 1.12 * columns - 0.06), ylim=(1.42 * lines, -0.06))
    told = (f"{n} {min(f.sees, len(pixels))}" for n, f in zip(names, fields, strict=True))
    figure.alt = f"{title}: rows of the image that one value sees: {', '.join(told) or 'no layer'}."
    return figure
