"""The learning rate of every step, before anything is trained by it.

planned = plan(recipe, images=60_000)            # of course.recipe.schedule
draw_learning_rate(planned.lr, steps_per_epoch=60_000 // recipe.batch_size)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.ticker import MaxNLocator

from course.figures.drawing import BLUE, INK, Drawing, Size, style_axes, write_text


def draw_learning_rate(
    rates: Sequence[float],
    steps_per_epoch: int,
    title: str = "The learning rate of every step",
    size: Size = (7, 3),
) -> Drawing:
    """Draw the learning rate of every step of a schedule, and say where it is highest."""
    figure = Drawing(size, title)
    axes = figure.subplots()
    style_axes(axes, "epoch", "learning rate", grid="both")
    epochs = np.arange(len(rates)) / steps_per_epoch  # (steps,)
    axes.plot(epochs, rates, color=BLUE, linewidth=1.8)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.set_xlim(0, max(1.0, len(rates) / steps_per_epoch))
    axes.set_ylim(0, 1.2 * max(rates, default=0) or 1)  # room for the note above the peak
    if len(rates):
        peak = int(np.argmax(rates))
        note = f"highest {rates[peak]:.3g}, at epoch {epochs[peak]:.1f}; last {rates[-1]:.2g}"
        axes.plot(epochs[peak], rates[peak], "o", color=INK, clip_on=False)
        write_text(axes, 0.99, 0.97, note, ha="right", va="top")
        figure.alt = f"{title}: {note}."
    return figure
