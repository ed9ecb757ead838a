"""Test accuracy against the number of parameters: the course's own plot.

    draw_frontier([{"name": "Net", "parameters": 7_578, "accuracy": 0.9959, "passed": True}])
    draw_frontier(points, path=["step 1", "step 2"])     # joined in this order

The scale is one of errors: 98 to 99 and 99.0 to 99.5 both halve them, and are as far apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import cycle, pairwise, product

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, LogLocator, NullLocator

from course.figures.arrays import Floats
from course.figures.drawing import (
    BLUE,
    GREY,
    INK,
    NARROW,
    PHONE,
    RED,
    Drawing,
    Size,
    add_legend,
    also_for_phones,
    draw_threshold,
    style_axes,
    thousands,
    write_text,
)
from course.figures.names import write_names
from course.rows import Point

LEAST = 0.01  # errors in percent, one of 10,000: the scale has no room for none at all
MARKERS = "osD^Ph*X<>"  # of groups; "v" marks what is below the scale


@also_for_phones(size=(PHONE, 4.8))
def draw_frontier(
    points: Sequence[Point],
    threshold: float = 0.994,
    highlight: str | None = None,
    title: str = "Accuracy against parameters",
    size: Size = (8, 5),
    path: Sequence[str] = (),
    fewer_than: int | None = None,
) -> Drawing:
    """Draw accuracy against parameters, and the step line of entries that no smaller one equals.

    `path` names entries to join in that order instead; `highlight` names one to draw a ring around.
    `fewer_than` is the number of parameters that is too many.
    """
    figure = Drawing(size, title)
    axes = figure.subplots()
    style_axes(axes, "parameters", "test accuracy, %", grid="both")
    aim = max(LEAST, 100 - 100 * threshold)
    worst = 8 * aim  # an entry that is far off goes to the lower edge and leaves the others room
    x = np.array([max(1, point["parameters"]) for point in points], dtype=float)  # (N,)
    y = np.array([100 - 100 * point["accuracy"] for point in points], dtype=float)  # (N,) errors, %
    y = y.clip(aim / 20, worst)
    # The names of a path all need room, most of them where it ends: at the left.
    _scale(axes, x, y, aim, room=5 if path else 1.8, limit=fewer_than)
    draw_threshold(axes, aim, 100 * threshold)
    if fewer_than is not None:
        _draw_limit(axes, fewer_than)

    order = [int(i) for i in np.lexsort((y, x))]  # by parameters, then by errors
    named = [i for name in path or (highlight,) for i in order if points[i]["name"] == name]
    ours = [i for i in order if not points[i].get("reported")]
    best = [i for n, i in enumerate(ours) if all(y[i] < y[j] for j in ours[:n])]
    best = [] if path else best
    if path:
        _draw_path(axes, x[named], y[named])
    elif best:
        _draw_steps(axes, x[best], y[best])
    _draw_spreads(axes, points, x, y)
    _draw_markers(axes, points, x, y, worst)
    if not path:
        axes.plot(x[named], y[named], "o", markersize=13, fillstyle="none", color=INK)
    if not points:
        write_text(axes, 0.5, 0.25, "no entries yet")
    add_legend(figure, axes, 5 if size[0] >= NARROW else 2)
    # Where names do not all find room, those that were asked for come first, then the best; either
    # may stand further off, with a line.
    spots = [
        (float(x[i]), float(y[i]), str(points[i]["name"]))
        for i in dict.fromkeys([*named, *best, *order])
    ]
    write_names(figure, axes, spots, leads=len(spots) if path else len({*named, *best}))
    said = (f"{p['name']}: {p['parameters']:,} parameters, {p['accuracy']:.2%}" for p in points)
    figure.alt = f"{title}; {threshold:.2%} passes. {'; '.join(said) or 'No entries yet'}."
    return figure


def error_ticks(low: float, high: float) -> list[float]:
    """Choose at most eight errors to label between two: even steps if near each other."""
    if high < 6 * low:
        for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10):
            even = [n * step for n in range(math.ceil(low / step), int(high / step) + 1)]
            if len(even) <= 8:
                return even
    ladder = [n * 10.0**power for power in range(-3, 3) for n in (1, 2, 5)]
    return [error for error in ladder if low <= error <= high]


def _scale(axes: Axes, x: Floats, y: Floats, aim: float, room: float, limit: int | None) -> None:
    """Set both scales: parameters to the right, few errors on top, labelled as accuracies."""
    x = x if limit is None else np.append(x, float(limit))
    bottom, top = max([aim, *y]) * 1.25, min([aim, *y]) / 1.25
    axes.set(xscale="log", yscale="log", ylim=(bottom, top))
    axes.set_xlim(min(x, default=1e3) / room, max(x, default=1e5) * 1.8)
    subs = (1, 2, 5) if max(x, default=1) < 100 * min(x, default=1) else (1,)
    axes.xaxis.set(major_locator=LogLocator(subs=subs), major_formatter=thousands)
    ticks = error_ticks(top, bottom)
    digits = 1 if all(round(100 * tick) % 10 == 0 for tick in ticks) else 2
    axes.yaxis.set_major_locator(FixedLocator(ticks))
    axes.yaxis.set_major_formatter(lambda error, _: f"{100 - error:.{digits}f}")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_minor_locator(NullLocator())


def _draw_limit(axes: Axes, limit: int) -> None:
    """Draw the number of parameters from which a network has too many."""
    axes.axvline(limit, color=INK, linewidth=1.2, linestyle="-.", zorder=1.5)
    above = axes.get_xaxis_transform()  # x in data, y in fractions of the panel
    write_text(axes, limit, 1.01, f"fewer than {limit:,}", transform=above, va="bottom")


def _draw_path(axes: Axes, x: Floats, y: Floats) -> None:
    """Join entries in their order."""
    # In short pieces: names keep clear of the box around each piece, and the box around a long
    # slanted one would cover half the panel.
    pieces = [[np.geomspace(a, b, 20) for a, b in pairwise(values)] for values in (x, y)]
    line = [np.concatenate([*piece, []]) for piece in pieces]
    axes.plot(*line, color=GREY, linewidth=1.2, linestyle="--", label="step by step")


def _draw_steps(axes: Axes, x: Floats, y: Floats) -> None:
    """Draw the frontier: along to a larger network, then up to its accuracy."""
    along = np.append(np.repeat(x, 2)[1:], axes.get_xlim()[1])
    axes.plot(along, np.repeat(y, 2), color=INK, linewidth=1.2, label="frontier")


def _draw_spreads(axes: Axes, points: Iterable[Point], x: Floats, y: Floats) -> None:
    """Draw how far seeds differ, as far as the panel reaches."""
    bottom, top = axes.get_ylim()
    for point, across, error in zip(points, x, y, strict=True):
        if spread := 100 * point.get("spread", 0):
            ends = np.clip([error - spread, error + spread], top, bottom)
            axes.plot([across, across], ends, color=GREY, linewidth=1, marker="_")


def _draw_markers(axes: Axes, points: Sequence[Point], x: Floats, y: Floats, worst: float) -> None:
    """Draw the entries, a marker for each group; filled where they passed."""
    # What a legend tells apart: the group, whether it passed, whether it is below the scale.
    kinds = [
        (point.get("group", ""), bool(point["passed"]), bool(error == worst))
        for point, error in zip(points, y, strict=True)
    ]
    groups = dict.fromkeys(point.get("group", "") for point in points)
    shapes = list(zip(cycle(MARKERS), groups, strict=False))
    for (marker, group), passed, below in product(shapes, (True, False), (False, True)):
        chosen = [i for i in np.lexsort((y, x)) if kinds[i] == (group, passed, below)]
        if chosen:
            reported = points[chosen[0]].get("reported", False)
            result = "" if reported else "passed" if passed else "failed"
            words = [group, result, "below the scale" if below else ""]
            label = ", ".join(word for word in words if word)
            shape = "v" if below else marker
            (dots,) = axes.plot(x[chosen], y[chosen], shape, label=label, zorder=3)
            color = GREY if reported else BLUE if passed else RED
            dots.set(color=color, fillstyle="full" if passed or reported else "none")
