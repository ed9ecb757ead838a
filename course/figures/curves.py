"""Accuracy, loss and learning rate over the epochs of a training.

    save(draw_curves([epochs]), "curves.png")        # one run
    draw_curves(record("under_8k").runs)             # a run for each seed, and their mean
    draw_learning_rate(plan(recipe, 60_000).lr, 600)    # a schedule, before anything is trained

An epoch is a mapping such as asdict(Epoch). Only `epoch` must be in it: what is missing or None is
left out. JSON has no NaN, so a recorded loss that was no number is None.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from course.figures.drawing import (
    BLUE,
    GREY,
    INK,
    NARROW,
    PHONE,
    RED,
    Drawing,
    LineStyle,
    Size,
    add_legend,
    also_for_phones,
    draw_threshold,
    style_axes,
    write_text,
)

Run = Sequence[Mapping[str, float | None]]  # one training: its epochs
Series = dict[int, float]  # one value of a run: epoch -> value
IMAGES = {"test": 10_000, "train": 60_000}  # MNIST's, where an epoch does not say how many
THICK: LineStyle = {"color": BLUE, "linewidth": 2.2, "marker": "o", "markersize": 3.5}
DASHED: LineStyle = {
    "color": RED,
    "linewidth": 1.5,
    "linestyle": "--",
    "marker": "s",
    "markersize": 2.5,
}


@also_for_phones(size=(PHONE, 6.5))
def draw_curves(
    runs: Sequence[Run],
    threshold: float = 0.994,
    last: int = 3,
    title: str = "Training",
    size: Size = (9, 4.8),
) -> Drawing:
    """Draw accuracy, loss and learning rate over the epochs of several runs, one per seed.

    The accuracy is drawn around the threshold, where runs differ. What lies below, as first epochs
    do, is marked at the lower edge. The `last` epochs are shaded.
    """
    figure = Drawing(size, title)
    wide = size[0] >= NARROW
    panels = figure.subplot_mosaic(
        "al;ar" if wide else "a;l;r",  # accuracy, loss, rate
        height_ratios=(2, 1) if wide else (4, 2, 1.2),
        width_ratios=(3, 2) if wide else (1,),
    )
    end = max((epoch for run in runs for epoch in _values(run, "epoch")), default=1)
    last = min(last, end)
    for name, label in {"a": "accuracy, %", "l": "loss", "r": "learning rate"}.items():
        style_axes(panels[name], "epoch", label, grid="y")
        panels[name].set_xlim(0.5, end + 0.5)
        panels[name].xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8, min_n_ticks=1))
        panels[name].axvspan(end - last + 0.5, end + 0.5, color="#ececec", zorder=0)

    test, train = ([_percent(run, kind) for run in runs] for kind in ("test", "train"))
    _draw_accuracy(panels["a"], test, train, 100 * threshold)
    above = panels["a"].get_xaxis_transform()  # x in epochs, y in fractions of the panel
    middle = end + 0.5 - last / 2
    write_text(panels["a"], middle, 1.01, f"last {last}", transform=above, va="bottom")
    add_legend(figure, panels["a"], 4 if wide else 2)
    _draw_loss(panels["l"], runs)
    _draw_rate(panels["r"], runs)
    figure.alt = f"{title}. {_in_words(_mean(test), len(runs), last, 100 * threshold)}"
    return figure


def _draw_accuracy(
    axes: Axes, test: Sequence[Series], train: Sequence[Series], percent: float
) -> None:
    low, high = _limits(_mean(test), _mean(train), percent)
    axes.set_ylim(low, high)
    _draw_lines(axes, test, train)
    draw_threshold(axes, percent, percent)
    if below := [epoch for epoch, value in _mean(test).items() if value < low]:
        edge = axes.get_xaxis_transform()
        height = [0.025] * len(below)
        axes.plot(below, height, "v", color=BLUE, transform=edge, label="below the scale")


def _draw_loss(axes: Axes, runs: Sequence[Run]) -> None:
    test, train = ([_values(run, f"{kind}_loss") for run in runs] for kind in ("test", "train"))
    _draw_lines(axes, test, train)
    values = [pair for run in (*test, *train) for pair in run.items()]
    # A good training divides the loss by ten: on an even scale, its second half would be flat.
    # A logarithmic scale needs one value that it can show.
    if any(0 < value < math.inf for _, value in values):
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    if lost := [epoch for epoch, value in values if not math.isfinite(value)]:
        text = f"no number from epoch {min(lost)} on"
        write_text(axes, 0.99, 0.97, text, color=RED, ha="right", va="top")


def _draw_rate(axes: Axes, runs: Sequence[Run]) -> None:
    """Draw the learning rate of the first run that has one: seeds share their recipe."""
    rate = next((found for run in runs if (found := _values(run, "lr"))), {})
    axes.plot(list(rate), list(rate.values()), color=INK, marker=".", linewidth=1.2)
    axes.set_ylim(0, 1.1 * max(rate.values(), default=0) or 1)


def _draw_lines(axes: Axes, test: Sequence[Series], train: Sequence[Series]) -> None:
    """Draw each seed thin, their mean thick, and the training images dashed."""
    many = len(test) > 1
    for n, run in enumerate(test if many else []):
        label = None if n else f"test, each of {len(test)} seeds"  # once in the legend
        axes.plot(list(run), list(run.values()), color=GREY, linewidth=0.8, label=label)
    for name, kind, style in (("test", test, THICK), ("train", train, DASHED)):
        if mean := _mean(kind):
            label = f"{name}, mean" if many else name
            axes.plot(list(mean), list(mean.values()), label=label, **style)


def _limits(test: Series, train: Series, percent: float) -> tuple[float, float]:
    """Choose the accuracies to show: 99.0 to 99.8 for 99.4, more where most epochs need it."""
    values = sorted(value for value in test.values() if math.isfinite(value))
    # The last training accuracy shows how far a network overfits; if far below, it is left out.
    final = [value for value in list(train.values())[-1:] if value > percent - 2]
    core = values[max(1, len(values) // 4) :] or values  # a quarter of the epochs may lie below
    best = min([percent, *values[-1:]])
    # No more than 2.5 below the best: a training that collapses must not flatten what was before.
    low = max(best - 2.5, min([percent - 0.4, *core, *final]))
    high = max([percent + 0.4, *values, *final])
    margin = 0.05 * (high - low)
    return low - margin, min(high + margin, 100.02)


def _values(run: Run, key: str) -> Series:
    """Return one value of each epoch, where there is one."""
    found = ((epoch["epoch"], epoch.get(key)) for epoch in run)
    return {int(n): float(value) for n, value in found if n is not None and value is not None}


def _percent(run: Run, kind: str) -> Series:
    """Return accuracies in percent, from exact counts where there are any."""
    correct, total = _values(run, f"{kind}_correct"), _values(run, f"{kind}_total")
    counted = {epoch: 100 * n / total.get(epoch, IMAGES[kind]) for epoch, n in correct.items()}
    return {e: 100 * share for e, share in _values(run, f"{kind}_accuracy").items()} | counted


def _mean(runs: Sequence[Series]) -> Series:
    """Average, for each epoch, the runs that have reached it: one may still be training."""
    epochs = sorted({epoch for run in runs for epoch in run})
    return {e: float(np.mean([run[e] for run in runs if e in run])) for e in epochs}


def _in_words(test: Series, seeds: int, last: int, percent: float) -> str:
    """Say where the test accuracy began and ended, and what passes."""
    values = list(test.values())
    if not values:
        return "No epoch has ended yet."
    shown = ", ".join(f"{value:.2f}" for value in values[-last:])
    many = f"mean of {seeds} seeds, " if seeds > 1 else ""
    return (
        f"Test accuracy in percent, {many}from {values[0]:.2f} after the first of {len(values)} "
        f"epochs to {shown} in the last; {percent:.2f} passes."
    )


@also_for_phones(size=(PHONE, 2.8))
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
