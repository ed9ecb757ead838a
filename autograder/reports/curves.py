"""The curves of a verdict: accuracy, loss and rate over the epochs, a line for each seed.

Accuracy stands on a scale of errors: 98 to 99 and 99.0 to 99.5 both halve them, and are as far
apart. So the first epochs and the last ones are seen in one figure.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from statistics import fmean

from autograder.assignment import Assignment
from autograder.reports.figure import (
    BOTTOM,
    LEFT,
    RIGHT,
    TOP,
    Dot,
    Figure,
    Line,
    Rule,
    Scale,
    Tick,
    accuracy_ticks,
    decades,
    even,
)
from autograder.verdict import Run, Verdict
from course.epoch import Epoch

Value = Callable[[Epoch], float]
MOST_ERRORS = 50.0  # percent: who reads fewer than half stands at the lower edge


def curves(verdict: Verdict) -> Iterator[Figure]:
    """Draw what there is to draw of a verdict's runs."""
    runs = [run for run in verdict.runs if run.epochs]
    if not runs:
        return
    x = epochs_scale(runs)
    yield accuracy(runs, verdict.assignment, x)
    yield loss(runs, x)
    yield rate(runs, x)


def epochs_scale(runs: Sequence[Run]) -> Scale:
    """Make room for the longest run."""
    last = max(run.epochs[-1].epoch for run in runs)
    return Scale(0.5, last + 0.5, LEFT, RIGHT)


def test_errors(epoch: Epoch) -> float:
    """Return how many percent of the test digits were misread."""
    return 100 * (1 - epoch.test_accuracy)


def train_errors(epoch: Epoch) -> float:
    """Return how many percent of the training digits were misread, while it trained."""
    return 100 * (1 - epoch.train_accuracy)


def accuracy(runs: Sequence[Run], rules: Assignment, x: Scale) -> Figure:
    """Draw how many digits each seed reads, and the line to reach."""
    aim = max(0.01, 100 - float(rules.percent))
    values = [value(epoch) for run in runs for epoch in run.epochs for value in BOTH]
    worst = min(MOST_ERRORS, max([aim, *values])) * 1.15
    best = max(0.01, min([aim, *values])) / 1.3
    y = Scale(worst, best, BOTTOM, TOP, log=True)
    last, end = rules.last_epochs, max(run.epochs[-1].epoch for run in runs)
    shaded = (x(end - last + 0.5), x(end + 0.5)) if last else None
    return Figure(
        alt=in_words(runs, rules),
        across="epoch",
        x_ticks=epoch_ticks(x),
        y_ticks=y.ticks(accuracy_ticks(best, worst)),
        lines=seeds_and_means(runs, test_errors, train_errors, x, y),
        dots=tuple(counting(runs, rules, x, y)),
        level=Rule(y(aim), f"{rules.percent}%"),
        shaded=shaded,
    )


BOTH: tuple[Value, Value] = (test_errors, train_errors)


def loss(runs: Sequence[Run], x: Scale) -> Figure:
    """Draw the loss on training and on test digits."""
    values = [v for run in runs for e in run.epochs for v in (e.train_loss, e.test_loss)]
    fine = [value for value in values if 0 < value < math.inf]
    low, high = min(fine, default=0.1) / 1.2, max(fine, default=1.0) * 1.2
    y = Scale(low, high, BOTTOM, TOP, log=True)
    lost = [e.epoch for run in runs for e in run.epochs if not math.isfinite(e.train_loss)]
    note = f"no number from epoch {min(lost)} on" if lost else ""
    ending = runs[0].epochs[-1]
    return Figure(
        alt=f"Loss over {ending.epoch} epochs; at the end {ending.train_loss:.3g} on training "
        f"digits and {ending.test_loss:.3g} on test digits. {note}".strip(),
        across="epoch",
        x_ticks=epoch_ticks(x),
        y_ticks=y.ticks({value: f"{value:g}" for value in decades(low, high)}),
        lines=seeds_and_means(runs, lambda e: e.test_loss, lambda e: e.train_loss, x, y),
        note=note,
    )


def rate(runs: Sequence[Run], x: Scale) -> Figure:
    """Draw the learning rate; all seeds share it."""
    run = max(runs, key=lambda one: len(one.epochs))
    highest = max(epoch.lr for epoch in run.epochs) or 1.0
    y = Scale(0, 1.1 * highest, BOTTOM, TOP)
    return Figure(
        alt=f"Learning rate at the end of each epoch; at most {highest:.3g}, "
        f"{run.epochs[-1].lr:.3g} at the end.",
        across="epoch",
        x_ticks=epoch_ticks(x),
        y_ticks=y.ticks({value: f"{value:g}" for value in even(0, y.high)}),
        lines=(Line.through("rate", ((x(e.epoch), y(e.lr)) for e in run.epochs)),),
    )


def epoch_ticks(x: Scale) -> tuple[Tick, ...]:
    """Label whole epochs."""
    return x.ticks({value: f"{value:g}" for value in even(1, x.high, 9) if value == int(value)})


def seeds_and_means(
    runs: Sequence[Run], test: Value, train: Value, x: Scale, y: Scale
) -> tuple[Line, ...]:
    """Draw each seed's test thin and their mean thick; the mean of the training is dashed."""
    each = [line_of("seed", run.epochs, test, x, y) for run in runs] if len(runs) > 1 else []
    return (*each, mean_line("train", runs, train, x, y), mean_line("test", runs, test, x, y))


def line_of(kind: str, epochs: Sequence[Epoch], value: Value, x: Scale, y: Scale) -> Line:
    """Draw one value of one run, as far as it is a number."""
    points = ((x(e.epoch), y(value(e))) for e in epochs if math.isfinite(value(e)))
    return Line.through(kind, points)


def mean_line(kind: str, runs: Sequence[Run], value: Value, x: Scale, y: Scale) -> Line:
    """Draw the mean over those runs that came as far."""
    longest = max(len(run.epochs) for run in runs)
    points = []
    for place in range(longest):
        epochs = [run.epochs[place] for run in runs if place < len(run.epochs)]
        numbers = [value(epoch) for epoch in epochs if math.isfinite(value(epoch))]
        if numbers:
            points.append((x(epochs[0].epoch), y(fmean(numbers))))
    return Line.through(kind, points)


def counting(runs: Sequence[Run], rules: Assignment, x: Scale, y: Scale) -> Iterator[Dot]:
    """Mark the epochs that count: whether each reads enough."""
    for number, run in enumerate(runs, start=1):
        for epoch in run.epochs[-rules.last_epochs :]:
            needed = rules.needed(epoch.test_total)
            kind = "enough" if epoch.test_correct >= needed else "short"
            of = f"{epoch.test_correct:,} of {epoch.test_total:,}"
            said = f"seed {number}, epoch {epoch.epoch}: {of}, {needed:,} needed"
            yield Dot(x(epoch.epoch), y(test_errors(epoch)), kind, said)


def in_words(runs: Sequence[Run], rules: Assignment) -> str:
    """Say what the accuracy's figure shows."""
    ends = [f"{100 * run.epochs[-1].test_accuracy:.2f}%" for run in runs]
    each = f"{len(runs)} seeds end at" if len(runs) > 1 else "It ends at"
    over = f"Test accuracy over {runs[0].epochs[-1].epoch} epochs"
    return f"{over}. {each} {', '.join(ends)}; {rules.percent}% to reach."
