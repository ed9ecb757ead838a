"""A few rows of numbers in one panel: as bars for each name, or as lines.

draw_comparison({"before": [9, 4], "after": [9, 7]}, ["ink", "edge"], "pixels", "seen by")
draw_lines({"constant": [951, 940], "decaying": [948, 966]}, "epoch", "digits read")
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.ticker import MaxNLocator

from course.figures.drawing import (
    BLUE,
    INK,
    LINES,
    PALE,
    PHONE,
    RED,
    Drawing,
    Size,
    add_legend,
    also_for_phones,
    style_axes,
)

# Light and hatched, dark and plain: told apart without their colours.
BARS = ((RED, "///"), (BLUE, None), (PALE, "..."), (INK, None))
SIZES = ((1.3, 3.5), (2.4, 4), (1.2, 4), (1.2, 3))  # of each line and of its markers, in points
MOST_MARKERS = 30  # with more points than this, markers would hide the line
LETTER = 0.085  # inches of a name's letter
MOST_VALUES = 8  # that a figure's text lists: a longer list tells a listener nothing


@also_for_phones(size=(PHONE, 3.4))
def draw_comparison(
    groups: Mapping[str, Sequence[float]],
    names: Sequence[object],
    x: str,
    y: str,
    title: str = "",
    size: Size = (8, 3.2),
) -> Drawing:
    """Draw up to four bars for each name: before and after, two networks, two recipes."""
    figure = Drawing(size, title)
    axes = figure.subplots()
    style_axes(axes, x, y, grid="y")
    width = 0.8 / max(1, len(groups))
    bars = zip(groups.items(), BARS, strict=False)
    for n, ((label, values), (color, hatch)) in enumerate(bars):
        middle = np.arange(len(names)) + (n - (len(groups) - 1) / 2) * width
        # A hatch has the colour of the edge, and shows best on white.
        fill, edge = ("white", color) if hatch else (color, None)
        axes.bar(middle, values, width, hatch=hatch, label=label, facecolor=fill, edgecolor=edge)
    # Names that would run into each other stand upright.
    letters, room = max(map(len, map(str, names)), default=0), (size[0] - 0.8) / max(1, len(names))
    upright = LETTER * letters > room
    axes.set_xticks(range(len(names)), [str(name) for name in names], rotation=90 if upright else 0)
    add_legend(figure, axes, 4)
    said = (f"{label}: {', '.join(f'{v:g}' for v in values)}" for label, values in groups.items())
    figure.alt = f"{title}; {y} for {x} {', '.join(map(str, names))}. {'; '.join(said)}."
    return figure


@also_for_phones(size=(PHONE, 3.4))
def draw_lines(
    series: Mapping[str, Sequence[float]],
    x: str,
    y: str,
    title: str = "",
    first: int = 1,
    size: Size = (8, 3.4),
) -> Drawing:
    """Draw up to four rows of numbers as lines; `first` is the x of their first value."""
    if len(series) > len(LINES):
        raise ValueError(f"expected at most {len(LINES)} lines, found {len(series)}")
    figure = Drawing(size, title)
    axes = figure.subplots()
    style_axes(axes, x, y, grid="y")
    styles = list(zip(LINES, SIZES, strict=True))
    if len(series) == 1:
        styles = styles[1:]  # drawn through: dashes would hide what is noisy
    for (name, values), (style, (width, marker_size)) in zip(series.items(), styles, strict=False):
        (line,) = axes.plot(np.arange(len(values)) + first, values, label=name, **style)
        line.set(linewidth=width, markersize=marker_size)
        if len(values) > MOST_MARKERS:
            line.set_marker("")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    add_legend(figure, axes, 4)
    said = "; ".join(f"{name}: {_in_words(values)}" for name, values in series.items())
    figure.alt = f"{title or y}, {y} against {x}. {said or 'Nothing to draw'}."
    return figure


def _in_words(values: Sequence[float]) -> str:
    """List a few values, and sum up many."""
    if not len(values):
        return "no values"
    if len(values) <= MOST_VALUES:
        return ", ".join(f"{value:g}" for value in values)
    low, high = min(values), max(values)
    return (
        f"{len(values)} values from {values[0]:g} to {values[-1]:g}, between {low:g} and {high:g}"
    )
