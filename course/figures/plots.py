"""Every figure of the course, in one style that survives a black-and-white printer.

    save(curves([epochs]), "curves.png")

Lines differ by width, dash and marker before they differ by colour, and the colours (Okabe and
Ito's) stay apart for colour-blind readers. A figure belongs to whoever asked for it: nothing goes
through pyplot, so no backend is needed, no window leaks, and threads can draw side by side.
"""

from __future__ import annotations

import base64
import html
import io
import math
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise, product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.ticker import FixedLocator, LogLocator, MaxNLocator, NullLocator
from matplotlib.transforms import Bbox

if TYPE_CHECKING:  # course.ledger imports torch, which drawing does not need
    from course.ledger import Ledger

BLUE, RED, GREY, INK = "#0072B2", "#D55E00", "#767676", "#222222"
NARROW = 6.5  # inches: below it, panels and legends stack
Series = dict[int, float]  # epoch: value
Size = tuple[float, float]  # inches
Bundle = dict[str, Any]  # a MIME type and its content


class Drawing(Figure):
    """A figure that a notebook shows by itself, with words for who cannot see it."""

    alt: str  # what the figure says, in a sentence or two

    def __init__(self, size: Size, title: str) -> None:
        super().__init__(figsize=size, dpi=150, facecolor="white")
        self.set_layout_engine("constrained", w_pad=0.08, h_pad=0.08)  # inches
        FigureCanvasAgg(self)
        self.alt = title
        if title:
            self.suptitle(title, fontsize=11.5, color=INK, parse_math=False)  # a stranger's words

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[Bundle, Bundle]:
        # As HTML, where a notebook gives a screen reader its words. But nbgrader's pages take
        # pictures out of HTML, and know an `alt` beside a PNG.
        data, wide = base64.b64encode(_png(self)).decode(), round(96 * self.get_figwidth())
        if os.environ.get("NBGRADER_EXECUTION"):
            about = {"alt": self.alt, "width": wide}
            return {"image/png": data, "text/plain": repr(self)}, {"image/png": about}
        alt = html.escape(self.alt, quote=True)
        image = f'<img src="data:image/png;base64,{data}" alt="{alt}" width="{wide}">'
        return {"text/html": image, "text/plain": repr(self)}, {}

    def to_html(self) -> str:
        """Return the figure as a page shows it, with its words."""
        return str(self._repr_mimebundle_()[0]["text/html"])

    def __repr__(self) -> str:
        return f"Figure: {self.alt}"


def save(figure: Drawing, path: str | os.PathLike[str]) -> Path:
    """Write a PNG so that a reader meets the old file or the new one, never half of one."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    content = _png(figure)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)  # mkstemp keeps its files private
        os.replace(name, path)  # noqa: PTH105
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path


def curves(
    runs: Sequence[Sequence[Mapping[str, Any]]],
    threshold: float = 0.994,
    last: int = 3,
    title: str = "Training",
    size: Size = (9, 4.8),
) -> Drawing:
    """Draw accuracy, loss and rate over the epochs of several runs, one per seed.

    The accuracy is drawn around the threshold, where runs differ. What lies below, as first epochs
    do, is marked at the lower edge.
    """
    figure = Drawing(size, title)
    wide = size[0] >= NARROW
    panels = figure.subplot_mosaic(
        "al;ar" if wide else "a;l;r",  # accuracy, loss, rate
        height_ratios=(2, 1) if wide else (4, 2, 1.2),
        width_ratios=(3, 2) if wide else (1,),
    )
    end = max((int(epoch["epoch"]) for run in runs for epoch in run), default=1)
    last = min(last, end)
    for name, label in {"a": "accuracy, %", "l": "loss", "r": "learning rate"}.items():
        _dress(panels[name], "epoch", label, grid="y")
        panels[name].set_xlim(0.5, end + 0.5)
        panels[name].xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8, min_n_ticks=1))
        panels[name].axvspan(end - last + 0.5, end + 0.5, color="#ececec", zorder=0)

    axes, percent = panels["a"], 100 * threshold
    test, train = ([_accuracies(run, kind) for run in runs] for kind in ("test", "train"))
    low, high = _window(_mean(test), _mean(train), percent)
    axes.set_ylim(low, high)
    _lines(axes, test, train)
    _threshold(axes, percent, percent)
    edge = axes.get_xaxis_transform()  # epochs along x, fractions of the panel along y
    _write(axes, end + 0.5 - last / 2, 1.01, f"last {last}", transform=edge, va="bottom")
    if below := [epoch for epoch, value in _mean(test).items() if value < low]:
        height = [0.025] * len(below)
        axes.plot(below, height, "v", color=BLUE, transform=edge, label="below the scale")
    _legend(figure, axes, 4 if wide else 2)

    losses = [[_numbers(run, f"{kind}_loss") for run in runs] for kind in ("test", "train")]
    _lines(panels["l"], *losses)
    values = [pair for kind in losses for run in kind for pair in run.items()]
    if any(0 < value < math.inf for _, value in values):
        panels["l"].set_yscale("log")  # a good training divides it by ten
        panels["l"].yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        panels["l"].yaxis.set_minor_locator(NullLocator())
        panels["l"].yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    if lost := [epoch for epoch, value in values if not math.isfinite(value)]:
        text = f"no number from epoch {min(lost)} on"
        _write(panels["l"], 0.99, 0.97, text, color=RED, ha="right", va="top")

    rate = next((found for run in runs if (found := _numbers(run, "lr"))), {})
    panels["r"].plot(list(rate), list(rate.values()), color=INK, marker=".", linewidth=1.2)
    panels["r"].set_ylim(0, 1.1 * max(rate.values(), default=0) or 1)
    figure.alt = f"{title}. {_curves_in_words(_mean(test), len(runs), last, percent)}"
    return figure


def frontier(
    points: Sequence[Mapping[str, Any]],
    threshold: float = 0.994,
    highlight: str | None = None,
    title: str = "Accuracy against parameters",
    size: Size = (8, 5),
    path: Sequence[str] = (),
) -> Drawing:
    """Draw accuracy against parameters, and the step line of entries that no smaller one equals.

    The scale is one of errors: 98 to 99 and 99.0 to 99.5 both halve them, and are as far apart.
    `path` names entries to join in that order instead; a point's `group` decides its marker.
    """
    figure = Drawing(size, title)
    axes = figure.subplots()
    _dress(axes, "parameters", "test accuracy, %", grid="both")
    aim = 100 - 100 * threshold
    worst = 8 * aim  # an entry that is far off goes to the lower edge and leaves the others room
    x = np.array([max(1, point["parameters"]) for point in points], dtype=float)  # (N,)
    y = np.array([100 - 100 * point["accuracy"] for point in points], dtype=float)  # (N,) errors, %
    y = y.clip(aim / 20, worst)
    low, high = max([aim, *y]) * 1.25, min([aim, *y]) / 1.25  # upside down: few errors on top
    axes.set(xscale="log", yscale="log", ylim=(low, high))
    room = 5 if path else 1.8  # a path's steps are all named, most of them where it ends
    axes.set_xlim(min(x, default=1e3) / room, max(x, default=1e5) * 1.8)
    subs = (1, 2, 5) if max(x, default=1) < 100 * min(x, default=1) else (1,)
    axes.xaxis.set(major_locator=LogLocator(subs=subs), major_formatter=_thousands)
    rungs = _rungs(high, low)
    digits = 1 if all(round(100 * rung) % 10 == 0 for rung in rungs) else 2
    axes.yaxis.set_major_locator(FixedLocator(rungs))
    axes.yaxis.set_major_formatter(lambda error, _: f"{100 - error:.{digits}f}")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_minor_locator(NullLocator())
    _threshold(axes, aim, 100 * threshold)

    order = sorted(range(len(points)), key=lambda i: (x[i], y[i]))
    best = [i for n, i in enumerate(order) if all(y[i] < y[j] for j in order[:n])]
    named = [i for name in path or (highlight,) for i in order if points[i]["name"] == name]
    if path:  # in short pieces, so that names know where the line is and where it is not
        pieces = [[np.geomspace(v[i], v[j], 20) for i, j in pairwise(named)] for v in (x, y)]
        line = [np.concatenate([*piece, []]) for piece in pieces]
        axes.plot(*line, color=GREY, linewidth=1.2, linestyle="--", label="step by step")
        best = []
    if best:  # along to a larger network, then up to its accuracy
        step_x = np.append(np.repeat(x[best], 2)[1:], axes.get_xlim()[1])
        axes.plot(step_x, np.repeat(y[best], 2), color=INK, linewidth=1.2, label="frontier")
    for i, point in enumerate(points):
        if spread := 100 * point.get("spread", 0):
            ends = np.clip([y[i] - spread, y[i] + spread], high, low)
            axes.plot([x[i], x[i]], ends, color=GREY, linewidth=1, marker="_")
    groups = dict.fromkeys(point.get("group", "") for point in points)
    shapes = list(zip("osD^", groups, strict=False))
    for (marker, group), passed, off in product(shapes, (True, False), (False, True)):
        kind = [
            i
            for i in order
            if points[i].get("group", "") == group
            and bool(points[i]["passed"]) == passed
            and (y[i] == worst) == off
        ]
        said = [group, "passed" if passed else "failed", "below the scale" if off else ""]
        if kind:
            label = ", ".join(word for word in said if word)
            (dots,) = axes.plot(x[kind], y[kind], "v" if off else marker, label=label, zorder=3)
            dots.set(color=BLUE if passed else RED, fillstyle="full" if passed else "none")
    if not path:
        axes.plot(x[named], y[named], "o", markersize=13, fillstyle="none", color=INK)
    if not points:
        _write(axes, 0.5, 0.25, "no entries yet")
    _legend(figure, axes, 5 if size[0] >= NARROW else 2)
    rest = [i for i in order if i not in named and i not in best]
    first = [*dict.fromkeys([*named, *best]), *rest]
    spots = {i: (float(x[i]), float(y[i]), str(points[i]["name"])) for i in first}
    _name(figure, axes, list(spots.values()), leads=len(spots) if path else len(named))
    told = (f"{p['name']}: {p['parameters']:,} parameters, {p['accuracy']:.2%}" for p in points)
    figure.alt = f"{title}; {threshold:.2%} passes. {'; '.join(told) or 'No entries yet'}."
    return figure


def learning_rate(
    plan_lr: Sequence[float],
    steps_per_epoch: int,
    title: str = "The learning rate of every step",
    size: Size = (7, 3),
) -> Drawing:
    """Draw a schedule before anything is trained by it."""
    figure = Drawing(size, title)
    axes = figure.subplots()
    _dress(axes, "epoch", "learning rate", grid="both")
    epochs = np.arange(len(plan_lr)) / steps_per_epoch  # (steps,)
    axes.plot(epochs, plan_lr, color=BLUE, linewidth=1.8)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.set_xlim(0, max(1.0, len(plan_lr) / steps_per_epoch))
    axes.set_ylim(0, 1.2 * max(plan_lr, default=0) or 1)  # room for the note above the peak
    if len(plan_lr):
        peak = int(np.argmax(plan_lr))
        note = f"highest {plan_lr[peak]:.3g}, at epoch {epochs[peak]:.1f}; last {plan_lr[-1]:.2g}"
        axes.plot(epochs[peak], plan_lr[peak], "o", color=INK, clip_on=False)
        _write(axes, 0.99, 0.97, note, ha="right", va="top")
        figure.alt = f"{title}: {note}."
    return figure


def ledger_bars(ledger: Ledger, title: str | None = None, width: float = 7.5) -> Drawing:
    """Draw what each layer stores, in the order they run; the greediest is hatched."""
    rows = [row for row in ledger.rows if row.parameters or row.shared]
    title = title or f"Where {ledger.parameters:,} parameters go"
    figure = Drawing((width, 1.1 + 0.27 * max(3, len(rows))), title)
    axes = figure.subplots()
    _dress(axes, "parameters", "", grid="x")
    for place, row in enumerate(rows):
        greedy = row == ledger.greedy
        color, hatch = (RED, "///") if greedy else ("#b9c7d3", None)
        axes.barh(place, row.parameters, color=color, hatch=hatch, edgecolor=INK, linewidth=0.7)
        share = row.parameters / max(1, ledger.parameters)
        percent = f"{share:.0%}" if share >= 0.005 else "<1%"
        text = f" {row.parameters:,} ({percent})" if row.parameters else " shared"
        weight = "bold" if greedy else "normal"
        _write(
            axes, row.parameters, place, text, transform=axes.transData, ha="left", weight=weight
        )
    most = int(4 * width)  # characters
    short = [row.name if len(row.name) <= most else "…" + row.name[1 - most :] for row in rows]
    names = [f"{name}   {row.operation}" for name, row in zip(short, rows, strict=True)]
    axes.set_yticks(range(len(rows)), names)
    axes.set_ylim(max(3, len(rows)) - 0.4, -0.6)
    longest = max((row.parameters for row in rows), default=0)
    inches = max(1.0, width - 2.7)  # for the longest bar: beside it stand its name and its count
    axes.set_xlim(0, longest * (1 + 1.3 / inches) or 1)
    axes.xaxis.set(major_locator=MaxNLocator(4, integer=True), major_formatter=_thousands)
    if not rows:
        _write(axes, 0.5, 0.5, "nothing is stored")
    said = ", ".join(f"{row.name} {row.parameters:,}" for row in rows)
    greediest = f" The most is in {ledger.greedy.name}." if ledger.greedy else ""
    figure.alt = f"{title}: {said or 'nothing is stored'}.{greediest}"
    return figure


def digits(
    images: Any,
    labels: Iterable[Any] | None = None,
    predictions: Iterable[Any] | None = None,
    title: str = "",
    columns: int = 10,
) -> Drawing:
    """Lay out digits, (N, 28, 28) or (N, 1, 28, 28), as a contact sheet; frame the misread ones."""
    array = images.detach().cpu() if hasattr(images, "detach") else images
    pixels = np.asarray(array, dtype=float)
    pixels = pixels.reshape(-1, *(pixels.shape[-2:] if pixels.ndim > 1 else (28, 28)))  # (N, H, W)
    truth = [None] * len(pixels) if labels is None else [int(label) for label in labels]
    guesses = truth if predictions is None else [int(guess) for guess in predictions]
    columns = max(1, min(columns, len(pixels)))
    high = 1.12 if labels is None and predictions is None else 1.5  # of a cell 1.12 wide
    lines = max(1, math.ceil(len(pixels) / columns))
    size = (max(3.0, 0.9 * columns), max(1.2, 0.8 * high * lines + 0.2) + 0.3 * bool(title))
    figure = Drawing(size, title)
    axes = figure.subplots()
    axes.set_axis_off()
    for i, (image, true, guess) in enumerate(zip(pixels, truth, guesses, strict=True)):
        left, top = 1.12 * (i % columns), high * (i // columns)
        extent = (left, left + 1, top + 1, top)
        axes.imshow(image, "gray_r", vmin=pixels.min(), vmax=pixels.max(), extent=extent)
        wrong = true is not None and guess != true
        edge, thick = (RED, 2.5) if wrong else ("#bbbbbb", 0.6)
        axes.add_patch(Rectangle((left, top), 1, 1, fill=False, edgecolor=edge, linewidth=thick))
        words = [] if true is None else [str(true)]
        words += [] if guess == true else [f"read as {guess}"]
        color = RED if wrong else INK
        at = {"transform": axes.transData, "va": "top"}
        _write(axes, left + 0.5, top + 1.07, " ".join(words), color=color, **at)
    axes.set(xlim=(-0.06, 1.12 * columns - 0.06), ylim=(high * lines, -0.06))
    if not len(pixels):
        _write(axes, 0.5, 0.5, "no digits")
    figure.alt = _digits_in_words(title, truth, guesses)
    return figure


def _digits_in_words(title: str, truth: Sequence[int | None], guesses: Sequence[int | None]) -> str:
    """Say which digits a contact sheet shows, and which of them were misread."""
    said = [
        "a digit" if true is None else f"{true}" if guess == true else f"{true} read as {guess}"
        for true, guess in zip(truth, guesses, strict=True)
    ]
    return f"{title or 'Handwritten digits'}: {', '.join(said) or 'none'}."


def _curves_in_words(test: Series, seeds: int, last: int, percent: float) -> str:
    """Say how the test accuracy went, against the line to pass."""
    values = list(test.values())
    if not values:
        return "No epoch has ended yet."
    shown = ", ".join(f"{value:.2f}" for value in values[-last:])
    many = f"mean of {seeds} seeds, " if seeds > 1 else ""
    return (
        f"Test accuracy in percent, {many}from {values[0]:.2f} after the first of {len(values)} "
        f"epochs to {shown} in the last; {percent:.2f} passes."
    )


def compare(
    groups: Mapping[str, Sequence[float]],
    names: Sequence[Any],
    x: str,
    y: str,
    title: str = "",
    size: Size = (8, 3.2),
) -> Drawing:
    """Set a few bars side by side for each name: before and after, two networks, two recipes."""
    figure = Drawing(size, title)
    axes = figure.subplots()
    _dress(axes, x, y, grid="y")
    wide = 0.8 / max(1, len(groups))
    # Light and hatched, dark and plain: told apart without their colours.
    styles = [(RED, "///"), (BLUE, None), ("#b9c7d3", "..."), (INK, None)]
    for n, ((label, values), (color, hatch)) in enumerate(
        zip(groups.items(), styles, strict=False)
    ):
        middle = np.arange(len(names)) + (n - (len(groups) - 1) / 2) * wide
        fill: dict[str, Any] = {"color": color}
        fill = {"facecolor": "white", "edgecolor": color} if hatch else fill
        axes.bar(middle, values, width=wide, hatch=hatch, label=label, **fill)
    axes.set_xticks(range(len(names)), [str(name) for name in names])
    _legend(figure, axes, 4)
    said = (f"{label}: {', '.join(f'{v:g}' for v in values)}" for label, values in groups.items())
    figure.alt = f"{title}; {y} for {x} {', '.join(map(str, names))}. {'; '.join(said)}."
    return figure


def _png(figure: Drawing) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Description": figure.alt})
    return buffer.getvalue()


def _dress(axes: Axes, x: str, y: str, grid: Literal["both", "x", "y"]) -> None:
    """Give a panel the course's style."""
    axes.set_xlabel(x, fontsize=9.5, color=INK)
    axes.set_ylabel(y, fontsize=9.5, color=INK)
    axes.tick_params(labelsize=8.5, labelcolor=INK, color=GREY)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis=grid, color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)


def _write(axes: Axes, x: float, y: float, text: str, **style: Any) -> None:
    """Write on a panel, in fractions of it if not told otherwise."""
    usual = {"transform": axes.transAxes, "ha": "center", "va": "center", "color": INK}
    axes.text(x, y, text, **{"fontsize": 8.5, **usual, **style})


def _legend(figure: Figure, axes: Axes, columns: int) -> None:
    """Set the legend below the panels, where it covers nothing."""
    handles, labels = axes.get_legend_handles_labels()
    style: dict[str, Any] = {"frameon": False, "fontsize": 8.5, "ncols": columns}
    if handles:
        figure.legend(handles, labels, loc="outside lower center", **style)


def _threshold(axes: Axes, height: float, percent: float) -> None:
    """Draw the line to pass, named in the margin, where no point can lie."""
    axes.axhline(height, color=INK, linewidth=1.2, linestyle="-.", zorder=1.5)
    transform = axes.get_yaxis_transform()
    _write(axes, 1.01, height, f"{percent:.2f}%\nto pass", transform=transform, ha="left")


def _numbers(run: Sequence[Mapping[str, Any]], key: str) -> Series:
    return {int(e["epoch"]): float(e[key]) for e in run if e.get(key) is not None}


def _accuracies(run: Sequence[Mapping[str, Any]], kind: str) -> Series:
    """Read accuracies in percent, from exact counts where there are any."""
    correct, total = _numbers(run, f"{kind}_correct"), _numbers(run, f"{kind}_total")
    usual = {"test": 10_000, "train": 60_000}[kind]
    counted = {epoch: 100 * value / total.get(epoch, usual) for epoch, value in correct.items()}
    return {e: 100 * value for e, value in _numbers(run, f"{kind}_accuracy").items()} | counted


def _mean(runs: Sequence[Series]) -> Series:
    """Average the runs that have reached an epoch: one may still be training."""
    epochs = sorted({epoch for run in runs for epoch in run})
    return {e: float(np.mean([run[e] for run in runs if e in run])) for e in epochs}


def _lines(axes: Axes, test: Sequence[Series], train: Sequence[Series]) -> None:
    """Draw each seed thin, their mean thick, and the training images dashed."""
    many = len(test) > 1
    for n, run in enumerate(test if many else []):
        label = None if n else f"test, each of {len(test)} seeds"
        axes.plot(list(run), list(run.values()), color=GREY, linewidth=0.8, label=label)
    thick: dict[str, Any] = {"color": BLUE, "linewidth": 2.2, "marker": "o", "markersize": 3.5}
    dashed = {"color": RED, "linewidth": 1.5, "linestyle": "--", "marker": "s", "markersize": 2.5}
    for name, kind, style in (("test", test, thick), ("train", train, dashed)):
        if mean := _mean(kind):
            label = f"{name}, mean" if many else name
            axes.plot(list(mean), list(mean.values()), label=label, **style)


def _window(test: Series, train: Series, aim: float) -> tuple[float, float]:
    """Choose the accuracies to show: 99.0 to 99.8 for 99.4, more where most epochs need it."""
    values = sorted(value for value in test.values() if math.isfinite(value))
    final = [value for value in list(train.values())[-1:] if value > aim - 2]  # how far it overfits
    core = values[max(1, len(values) // 4) :] or values  # first epochs may lie below
    best = min([aim, *values[-1:]])
    low = max(best - 2.5, min([aim - 0.4, *core, *final]))  # and so may a collapse
    high = max([aim + 0.4, *values, *final])
    margin = 0.05 * (high - low)
    return low - margin, min(high + margin, 100.02)


def _thousands(number: float, _: int | None = None) -> str:
    """Write 8000 as 8k and 2000000 as 2M."""
    size, sign = next(((s, n) for s, n in ((1e6, "M"), (1e3, "k")) if number >= s), (1, ""))
    return f"{number / size:g}{sign}"


def _rungs(low: float, high: float) -> list[float]:
    """Choose at most eight errors to label between two: even steps if near each other."""
    if high < 6 * low:
        for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10):
            even = [n * step for n in range(math.ceil(low / step), int(high / step) + 1)]
            if len(even) <= 8:
                return even
    ladder = [n * 10.0**power for power in range(-3, 3) for n in (1, 2, 5)]
    return [error for error in ladder if low <= error <= high]


def _name(
    figure: Figure, axes: Axes, spots: Sequence[tuple[float, float, str]], leads: int
) -> None:
    """Name points, first ones first, where a name covers nothing; most of a crowd stays unnamed."""
    figure.draw_without_rendering()  # settles the layout: from here on, places are pixels
    figure.set_layout_engine("none")
    point, inside = figure.dpi / 72, axes.get_window_extent().padded(-6)
    taken = []
    for line in axes.lines:  # the threshold, the frontier, spreads and markers
        path = line.get_transform().transform(np.asarray(line.get_xydata()))  # (K, 2)
        wide = line.get_markersize() / 2 + 1 if line.get_marker() not in ("", "None") else 1
        pairs = pairwise(path) if line.get_linestyle() != "None" else zip(path, path, strict=True)
        taken += [Bbox([np.minimum(a, b), np.maximum(a, b)]).padded(wide * point) for a, b in pairs]
    sides = [(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1)]
    tries = [(distance, *side) for distance in (8, 20, 32) for side in sides]  # distance in points
    for n, (x, y, name) in enumerate(spots):
        # Only what must be named, or a small crowd, is worth the clutter of lines to its names.
        for distance, right, up in tries if n < leads or len(spots) <= 12 else tries[: len(sides)]:
            offset, lead = (right * distance, up * distance), {"arrowstyle": "-", "color": GREY}
            style: dict[str, Any] = {"textcoords": "offset points", "fontsize": 8, "color": INK}
            style["ha"] = ("center", "left", "right")[right]
            style["va"] = ("center", "bottom", "top")[up]
            style["arrowprops"] = lead if distance > 8 else None
            text = axes.annotate(name, (x, y), offset, parse_math=False, **style)
            text.get_window_extent()  # puts it in its place
            box = Text.get_window_extent(text)  # without the line that leads to it
            fits = inside.x0 < box.x0 and box.x1 < inside.x1
            fits = fits and inside.y0 < box.y0 and box.y1 < inside.y1
            if fits and not box.count_overlaps(taken):
                taken.append(box)
                break
            text.remove()
