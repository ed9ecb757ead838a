"""The kernels that a layer has learned, each over the map that it makes of a digit.

    draw_kernels(network.strokes[0][0].weight, maps)      # (C, 1, 3, 3) and (C, H, W)

Red weights want ink, blue ones paper; a map is darkest where its kernel found what it wants.
"""

from __future__ import annotations

import math

import numpy as np

from course.figures.arrays import Values, as_array
from course.figures.drawing import PHONE, Drawing, also_for_phones
from course.figures.images.sheet import WIDTH, corner, fit, outline, show_image, write_below


@also_for_phones(width=PHONE)
def draw_kernels(
    kernels: Values,
    maps: Values,
    title: str = "What a layer looks for, and what it finds",
    width: float = 9.0,
) -> Drawing:
    """Draw kernels, (C, 1, k, k), and below each its map, (C, H, W)."""
    weights, found = as_array(kernels), as_array(maps)
    weights = weights.reshape(-1, *weights.shape[-2:])
    columns = min(len(weights), 8 if width > PHONE else 4)
    rows, height = math.ceil(len(weights) / columns), 2.45
    side = (width - 0.1) / (WIDTH * columns)
    figure = Drawing((width, side * height * rows + 0.35), title)
    axes = figure.subplots()
    axes.set_axis_off()
    most = float(np.abs(weights).max()) or 1.0
    for place, (kernel, map_) in enumerate(zip(weights, found, strict=True)):
        left, top = corner(place, columns, height)
        extent = (left + 0.2, left + 0.8, top + 0.82, top + 0.22)
        axes.imshow(kernel, "RdBu_r", vmin=-most, vmax=most, extent=extent)
        outline(axes, left + 0.2, top + 0.22, 0.6)
        show_image(axes, map_, left, top + 0.95, scale=found)
        outline(axes, left, top + 0.95)
        write_below(axes, left + 0.5, top + 2.0, f"map {place + 1}")
    fit(axes, columns, rows, height)
    strongest = int(found.reshape(len(found), -1).max(1).argmax()) + 1
    sizes = [" x ".join(map(str, values.shape[-2:])) for values in (weights, found)]
    figure.alt = (
        f"{title}: {len(weights)} kernels of {sizes[0]} and their maps of {sizes[1]}. "
        f"The strongest answer is in map {strongest}."
    )
    return figure
