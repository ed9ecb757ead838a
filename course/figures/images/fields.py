"""What one value of each layer sees of the image: its receptive field, over a digit.

    draw_fields(image, [(3, 1, 1), (3, 1, 1), (2, 2, 0)], ["conv1", "conv2", "pool1"])

A window is (kernel, stride, padding); convolutions and pools are alike here, since both look at a
few neighbours. Drawn is what the value in the middle of each map sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from course.figures.arrays import Values, as_array
from course.figures.drawing import INK, RED, Drawing, also_for_phones
from course.figures.images.sheet import corner, fit, outline, show_image

Window = tuple[int, int, int]  # kernel, stride, padding
FADED = 0.25  # how much of its ink is left to what is not seen
HEIGHT = 1.42  # of a row: an image, and two lines of text below it


@dataclass(frozen=True)
class Field:
    """What a map's middle value sees: `sees` rows of the image from row `first` on."""

    side: int  # of the map
    first: int  # below 0 where the field reaches into the padding
    sees: int

    def within(self, side: int) -> tuple[int, int]:
        """Return the first row seen and the row after the last, as far as there is an image."""
        return max(0, self.first), min(side, self.first + self.sees)


def middles(windows: Sequence[Window], side: int = 28) -> list[Field]:
    """Return what the middle value of each map sees, where the windows follow each other."""
    fields, start, sees, jump, rows = [], 0, 1, 1, side  # jump: image rows between two neighbours
    for kernel, stride, padding in windows:
        start -= padding * jump  # the first row that the map's first value sees
        sees += (kernel - 1) * jump
        jump *= stride
        rows = (rows + 2 * padding - kernel) // stride + 1
        if rows < 1:
            raise ValueError(f"a window of {kernel} finds no place: its map is smaller")
        fields.append(Field(rows, start + rows // 2 * jump, sees))
    return fields


@also_for_phones(columns=2)
def draw_fields(
    image: Values,
    windows: Sequence[Window],
    names: Sequence[str],
    title: str = "What one value sees",
    columns: int = 5,
) -> Drawing:
    """Draw a digit (28, 28) once for each layer, with what is not seen from there faded."""
    pixels = as_array(image)
    pixels = pixels.reshape(pixels.shape[-2:])  # (H, W)
    fields = middles(windows, len(pixels))
    columns = max(1, min(columns, len(fields)))
    rows = max(1, -(-len(fields) // columns))
    figure = Drawing((max(3.0, 1.5 * columns), 1.9 * rows + 0.3), title)
    axes = figure.subplots()
    axes.set_axis_off()
    for i, (name, field) in enumerate(zip(names, fields, strict=True)):
        left, top = corner(i, columns, HEIGHT)
        start, end = field.within(len(pixels))
        shown = pixels * FADED
        shown[start:end, start:end] = pixels[start:end, start:end]
        show_image(axes, shown, left, top, scale=pixels)
        outline(axes, left, top)
        seen_left, seen_top = left + start / len(pixels), top + start / len(pixels)
        seen_side = (end - start) / len(pixels)
        outline(axes, seen_left, seen_top, seen_side, color=RED, linewidth=2.2)
        text = f"{name} ({field.side} x {field.side})\nsees {min(field.sees, len(pixels))}"
        axes.text(left + 0.5, top + 1.05, text, ha="center", va="top", fontsize=8.5, color=INK)
    fit(axes, columns, rows, HEIGHT)
    said = (f"{n} {min(f.sees, len(pixels))}" for n, f in zip(names, fields, strict=True))
    figure.alt = f"{title}: rows of the image that one value sees: {', '.join(said) or 'no layer'}."
    return figure
