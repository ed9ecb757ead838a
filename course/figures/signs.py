"""The signs of a training that goes well or ill: its loss, its values, its gradients.

    draw_signs(losses, {"before": spread, "after": spread}, {"before": sizes, "after": sizes})

What is 0 has its place at the foot of each scale: a dead layer is what one looks for here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from course.figures.drawing import (
    BLUE,
    INK,
    LINES,
    NARROW,
    PHONE,
    Drawing,
    Size,
    add_legend,
    also_for_phones,
    style_axes,
    write_text,
)

Sizes = Mapping[str, float]  # layer by layer
GUESSING = math.log(10)  # the loss of ten digits that are all equally likely
SMALLEST = 1e-4  # what is smaller than this is drawn as good as 0


@also_for_phones(size=(PHONE, 7.2))
def draw_signs(
    losses: Sequence[float],
    values: Mapping[str, Sizes],
    gradients: Mapping[str, Sizes],
    title: str = "",
    size: Size = (9, 3.2),
) -> Drawing:
    """Draw the loss of every step, how far each layer's values spread, how large gradients are."""
    figure = Drawing(size, title)
    wide = size[0] >= NARROW
    left, middle, right = figure.subplots(*((1, 3) if wide else (3, 1)))
    style_axes(left, "step", "loss", grid="y")
    left.plot(range(1, len(losses) + 1), losses, color=BLUE, linewidth=1.3)
    left.axhline(GUESSING, color=INK, linewidth=1, linestyle=":")
    beside = left.get_yaxis_transform()  # x in fractions of the panel, y in data
    write_text(left, 0.99, GUESSING, "guessing", transform=beside, ha="right", va="top")
    left.set_ylim(bottom=0)
    left.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=4))
    _draw_sizes(middle, values, "deviation of values after")
    _draw_sizes(right, gradients, "size of gradients of")
    add_legend(figure, middle, 2)
    figure.alt = f"{title}. {_in_words(losses, values, gradients)}"
    return figure


def _draw_sizes(axes: Axes, sizes: Mapping[str, Sizes], label: str) -> None:
    style_axes(axes, f"{label} …", "", grid="y")
    for (name, found), style in zip(sizes.items(), LINES, strict=False):
        axes.plot(list(found), list(found.values()), label=name, clip_on=False, **style)
    axes.set_yscale("symlog", linthresh=SMALLEST)
    axes.set_ylim(0, 10 * max(1, *(v for found in sizes.values() for v in found.values())))
    axes.yaxis.set_major_locator(LogLocator(numticks=6))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_yticks([0, 0.001, 0.01, 0.1, 1, 10], ["0", "0.001", "0.01", "0.1", "1", "10"])


def _in_words(
    losses: Sequence[float], values: Mapping[str, Sizes], gradients: Mapping[str, Sizes]
) -> str:
    said = [f"Loss from {losses[0]:.2f} to {losses[-1]:.2f} in {len(losses)} steps"]
    for about, sizes in (("deviation", values), ("gradient", gradients)):
        for name, found in sizes.items():
            listed = ", ".join(f"{layer} {value:.2g}" for layer, value in found.items())
            said.append(f"{about} {name}: {listed}")
    return "; ".join(said) + "."
