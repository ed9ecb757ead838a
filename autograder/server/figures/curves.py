"""The test accuracy of every seed, epoch by epoch, as SVG."""

from collections.abc import Sequence

from markupsafe import Markup

from autograder.reports.figure import Scale
from autograder.server.figures.svg import add, canvas, path, written
from autograder.verdict import Run, Verdict

WIDE, NARROW = (720, 320), (360, 320)
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 16, 42
TICKS = (50.0, 80.0, 90.0, 95.0, 98.0, 99.0, 99.4, 99.6, 99.8)
LEAST = 1e-4  # an error below one of 10,000 has no place on a scale of errors


def draw_curves(verdict: Verdict, size: tuple[int, int] = WIDE) -> Markup:
    """Draw a verdict's trainings."""
    width, height = size
    runs = [run for run in verdict.runs if run.epochs]
    goal = 1 - float(verdict.assignment.percent) / 100
    if not runs:
        return Markup("")
    errors = [max(LEAST, 1 - epoch.test_accuracy) for run in runs for epoch in run.epochs]
    most = max(run.epochs[-1].epoch for run in runs)
    x = Scale(1, max(2, most), LEFT, width - RIGHT)
    best, worst = min(0.7 * goal, 0.9 * min(errors)), max(1.5 * goal, *errors)
    y = Scale(best, worst, TOP, height - BOTTOM, log=True)
    root = canvas(width, height, "Test accuracy by epoch", said(runs))
    counted = verdict.last or 0
    if counted:
        first = x(max(1, most - counted + 1) - 0.5)
        area = {"width": x.end - first, "height": y.end - y.start}
        add(root, "rect", class_="counts", x=first, y=y.start, **area)
    for percent in TICKS:
        error = 1 - percent / 100
        if y.low <= error <= y.high:
            add(root, "path", class_="grid", d=path([(x.start, y(error)), (x.end, y(error))]))
            where = {"x": LEFT - 8, "y": y(error) + 4}
            add(root, "text", f"{percent:g}%", class_="tick", text_anchor="end", **where)
    for tick in range(1, most + 1, max(1, most // (width // 48))):
        where = {"x": x(tick), "y": y.end + 18}
        add(root, "text", f"{tick}", class_="tick", text_anchor="middle", **where)
    add(root, "path", class_="goal", d=path([(x.start, y(goal)), (x.end, y(goal))]))
    for number, run in enumerate(runs):
        points = [(x(e.epoch), y(max(LEAST, 1 - e.test_accuracy))) for e in run.epochs]
        line = add(root, "path", class_=f"curve seed{number % 6}", d=path(points))
        add(line, "title", f"seed {number + 1}")
        for (left, top), epoch in zip(points, run.epochs, strict=True):
            dot = add(root, "circle", class_=f"dot seed{number % 6}", cx=left, cy=top, r=3)
            words = f"seed {number + 1}, epoch {epoch.epoch}: {epoch.test_correct:,}"
            add(dot, "title", f"{words} of {epoch.test_total:,}")
    middle = (x.start + x.end) / 2
    add(root, "text", "epoch", class_="axis", x=middle, y=y.end + 36, text_anchor="middle")
    return written(root)


def said(runs: Sequence[Run]) -> str:
    """Say in words where the curves end."""
    ends = [f"{100 * run.epochs[-1].test_accuracy:.2f}%" for run in runs]
    return f"{len(runs)} trainings, which end at {', '.join(ends)}."
