"""Which places of a digit its reading hangs on: a patch covers one after the other.

    draw_covered(image, probabilities, label=4)      # (28, 28) and (28, 28): where the patch lay

Orange is where the probability of the label falls when that place is covered.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from course.figures.arrays import Values, as_array
from course.figures.drawing import PHONE, Drawing, also_for_phones
from course.figures.images.sheet import WIDTH, corner, fit, outline, write_below

HEIGHT = 1.48


@also_for_phones(columns=2)
def draw_covered(
    images: Values,
    probabilities: Values,
    labels: Sequence[int],
    title: str = "Where a reading hangs on",
    columns: int = 5,
) -> Drawing:
    """Draw digits, (N, H, W), each with the places, (N, H, W), that its label cannot spare."""
    pixels, left_over = as_array(images), as_array(probabilities)
    columns = min(columns, len(pixels))
    rows = -(-len(pixels) // columns)
    side = (PHONE - 0.1) / (2 * WIDTH)
    figure = Drawing((side * WIDTH * columns + 0.1, side * HEIGHT * rows + 0.4), title)
    axes = figure.subplots()
    axes.set_axis_off()
    for place, (image, found, label) in enumerate(zip(pixels, left_over, labels, strict=True)):
        left, top = corner(place, columns, HEIGHT)
        extent = (left, left + 1, top + 1, top)
        ink = 1 - 0.55 * np.asarray(image) / max(1e-9, float(image.max()))  # grey below the red
        loss = np.clip(found.max() - found, 0, 1)[..., None]  # (H, W, 1)
        grey, red = np.repeat(ink[..., None], 3, axis=2), np.array([0.835, 0.369, 0.0])
        axes.imshow(grey * (1 - 0.85 * loss) + red * 0.85 * loss, extent=extent, vmin=0, vmax=1)
        outline(axes, left, top)
        most, least = 100 * found.max(), 100 * found.min()
        write_below(axes, left + 0.5, top + 1.05, f"a {label}: from {most:.0f}%")
        write_below(axes, left + 0.5, top + 1.22, f"down to {least:.0f}%")
    fit(axes, columns, rows, HEIGHT)
    said = (
        f"a {label} from {100 * found.max():.0f}% down to {100 * found.min():.0f}%"
        for label, found in zip(labels, left_over, strict=True)
    )
    figure.alt = f"{title}: the probability of the label as a patch moves: {'; '.join(said)}."
    return figure
