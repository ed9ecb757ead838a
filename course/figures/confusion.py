"""Which digit is read as which, ten by ten.

draw_confusion(table)    # table[i][j]: how often an i was read as a j
"""

from __future__ import annotations

import numpy as np

from course.figures.arrays import Values, as_array
from course.figures.drawing import (
    GREY,
    GRID,
    INK,
    PHONE,
    Drawing,
    Size,
    also_for_phones,
    write_text,
)

MOST_PAIRS = 8  # that a figure's text lists: a longer list tells a listener nothing


@also_for_phones(size=(PHONE, 3.5))
def draw_confusion(
    table: Values, title: str = "Which digit is read as which", size: Size = (5.4, 4.9)
) -> Drawing:
    """Draw how often each digit was read as each other one; what was read right stays blank."""
    counts = as_array(table).astype(int)  # (10, 10): a row for each label
    wrong = counts * (1 - np.eye(len(counts), dtype=int))
    pairs = np.argwhere(wrong > 0)  # (K, 2)
    figure = Drawing(size, title)
    axes = figure.subplots()
    axes.set(xlabel="read as", ylabel="label", xticks=range(len(counts)), yticks=range(len(counts)))
    axes.tick_params(labelsize=8.5, labelcolor=INK, length=0)
    # The scale ends at twice the worst, so that its cell stays pale enough to read a number in.
    axes.imshow(wrong, cmap="Oranges", vmin=0, vmax=max(1, 2 * int(wrong.max(initial=0))))
    axes.set_xticks(np.arange(len(counts)) - 0.5, minor=True)  # the lines between cells
    axes.set_yticks(np.arange(len(counts)) - 0.5, minor=True)
    axes.grid(which="minor", color=GRID, linewidth=0.8)
    axes.tick_params(which="minor", length=0)
    cells = axes.transData
    for i, j in pairs:
        most = bool(wrong[i, j] == wrong.max())
        write_text(axes, j, i, f"{wrong[i, j]}", bold=most, transform=cells)
    for i in range(len(counts)):  # a tick instead of a count: hundreds of right ones say little
        write_text(axes, i, i, "✓", color=GREY, transform=cells)
    worst = sorted((-wrong[i, j], i, j) for i, j in pairs)[:MOST_PAIRS]
    said = ", ".join(
        f"{i} as {j} {-n} times" if n < -1 else f"{i} as {j} once" for n, i, j in worst
    )
    figure.alt = f"{title}: {wrong.sum()} of {counts.sum()} misread; {said or 'none'}."
    return figure
