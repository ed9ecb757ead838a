"""Two more figures in the style of plots.py: lines to compare, and who is taken for whom.

lines({"constant": [951, 940], "decaying": [948, 966]}, "epoch", "digits read")
confusion(table)    # table[i][j]: how often an i was read as a j
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.ticker import MaxNLocator

from course.figures.plots import BLUE, GREY, INK, RED, Drawing, Size, _dress, _legend, _write

# Width, dash and marker tell them apart; their colours only help.
STYLES: tuple[dict[str, Any], ...] = (
    {"color": RED, "linewidth": 1.3, "linestyle": "--", "marker": "s", "markersize": 3.5},
    {"color": BLUE, "linewidth": 2.4, "linestyle": "-", "marker": "o", "markersize": 4},
    {"color": INK, "linewidth": 1.2, "linestyle": ":", "marker": "^", "markersize": 4},
    {"color": GREY, "linewidth": 1.2, "linestyle": "-.", "marker": "D", "markersize": 3},
)
MOST_MARKERS = 30  # with more points than this, markers would hide the line
SAID = 8  # values of a line that its words name: more is no help to a listener


def lines(
    series: Mapping[str, Sequence[float]],
    x: str,
    y: str,
    title: str = "",
    first: int = 1,
    size: Size = (8, 3.4),
) -> Drawing:
    """Draw up to four rows of numbers as lines; `first` is the place of their first value."""
    if len(series) > len(STYLES):
        raise ValueError(f"expected at most {len(STYLES)} lines, found {len(series)}")
    figure = Drawing(size, title)
    axes = figure.subplots()
    _dress(axes, x, y, grid="y")
    for (name, values), style in zip(series.items(), STYLES, strict=False):
        style = style if len(values) <= MOST_MARKERS else {**style, "marker": ""}
        axes.plot(np.arange(len(values)) + first, values, label=name, **style)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    _legend(figure, axes, 4)
    said = "; ".join(f"{name}: {_line_in_words(values)}" for name, values in series.items())
    figure.alt = f"{title or y}, {y} against {x}. {said or 'Nothing to draw'}."
    return figure


def confusion(table: Any, title: str = "Which digit is read as which") -> Drawing:
    """Draw how often each digit was read as each other one; what was read right stays blank."""
    rows = table.tolist() if hasattr(table, "tolist") else table
    counts = np.asarray(rows, dtype=int)  # (10, 10): rows are labels, columns what was read
    wrong = counts * (1 - np.eye(len(counts), dtype=int))
    figure = Drawing((5.4, 4.9), title)
    axes = figure.subplots()
    axes.set(xlabel="read as", ylabel="label", xticks=range(len(counts)), yticks=range(len(counts)))
    axes.tick_params(labelsize=8.5, labelcolor=INK, length=0)
    axes.imshow(wrong, cmap="Oranges", vmin=0, vmax=max(1, 2 * int(wrong.max(initial=0))))
    axes.set_xticks(np.arange(len(counts)) - 0.5, minor=True)
    axes.set_yticks(np.arange(len(counts)) - 0.5, minor=True)
    axes.grid(which="minor", color="#dddddd", linewidth=0.8)
    axes.tick_params(which="minor", length=0)
    at = {"transform": axes.transData}
    for i, j in np.argwhere(wrong > 0):
        weight = "bold" if wrong[i, j] == wrong.max() else "normal"
        _write(axes, j, i, f"{wrong[i, j]}", weight=weight, **at)
    for i in range(len(counts)):  # on the diagonal: right, and so no matter of colour
        _write(axes, i, i, "✓", color=GREY, **at)
    worst = sorted(((-wrong[i, j], i, j) for i, j in np.argwhere(wrong > 0)))[:SAID]
    said = ", ".join(
        f"{i} as {j} {-n} times" if n < -1 else f"{i} as {j} once" for n, i, j in worst
    )
    figure.alt = f"{title}: {wrong.sum()} of {counts.sum()} misread; {said or 'none'}."
    return figure


def _line_in_words(values: Sequence[float]) -> str:
    if not len(values):
        return "no values"
    if len(values) <= SAID:
        return ", ".join(f"{value:g}" for value in values)
    low, high = min(values), max(values)
    return (
        f"{len(values)} values from {values[0]:g} to {values[-1]:g}, between {low:g} and {high:g}"
    )
