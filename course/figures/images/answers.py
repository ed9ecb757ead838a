"""Images and what a network says to each: what it reads, and how sure it is.

    draw_answers(turned, probabilities, names=angles, label=7)

For one digit that is changed step by step: turned, shifted, covered. A red frame is a misreading.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.patches import Rectangle

from course.figures.arrays import Values, as_array
from course.figures.drawing import GREY, INK, NARROW, PALE, PHONE, RED, Drawing, also_for_phones
from course.figures.images.sheet import EDGE, WIDTH, corner, fit, outline, show_image, write_below

BARS = 0.62  # of an image's side: how high the bar of a sure answer is


@also_for_phones(width=PHONE)
def draw_answers(
    images: Values,
    probabilities: Values,
    names: Sequence[object],
    label: int,
    title: str = "",
    width: float = 9.0,
) -> Drawing:
    """Draw images, (N, 28, 28), and below each ten bars: its probabilities, (N, 10)."""
    pixels, sure = as_array(images), as_array(probabilities)
    columns = min(len(pixels), 6 if width >= NARROW else 3)
    rows, height = math.ceil(len(pixels) / columns), 2.28
    side = (width - 0.1) / (WIDTH * columns)
    figure = Drawing((width, side * height * rows + 0.4 * bool(title)), title)
    axes = figure.subplots()
    axes.set_axis_off()
    read = [int(digit) for digit in sure.argmax(1)]
    for place, (image, row, name) in enumerate(zip(pixels, sure, names, strict=True)):
        left, top = corner(place, columns, height)
        wrong = read[place] != label
        show_image(axes, image, left, top, scale=pixels)
        outline(axes, left, top, color=RED if wrong else EDGE, linewidth=2.5 if wrong else 0.6)
        said = f"{name}: {read[place]}, {100 * row[read[place]]:.0f}%"
        colour = RED if wrong else INK
        write_below(axes, left + 0.5, top + 1.05, said, color=colour, bold=wrong)
        ground = top + 1.32 + BARS
        for digit, share in enumerate(row):
            high = BARS * float(share)
            chosen = digit == read[place]
            fill = (RED if wrong else INK) if chosen else PALE
            corner_ = (left + digit / 10 + 0.015, ground - high)
            axes.add_patch(Rectangle(corner_, 0.07, high, facecolor=fill))
            if digit in (label, read[place]):
                write_below(axes, left + digit / 10 + 0.05, ground + 0.04, str(digit))
        axes.plot([left, left + 1], [ground, ground], color=GREY, linewidth=0.6)
    fit(axes, columns, rows, height)
    answers = (
        f"{name}: {digit}, {100 * row[digit]:.0f}% sure"
        for name, digit, row in zip(names, read, sure, strict=True)
    )
    figure.alt = f"{title or 'What is read'}: a {label}; {'; '.join(answers)}."
    return figure
