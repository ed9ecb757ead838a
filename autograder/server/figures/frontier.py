"""Accuracy against parameters, each entry a link: the figure of a board.

Both axes are logarithmic, the upright one in errors: 98 to 99 and 99.0 to 99.5 both halve them.
"""

from collections.abc import Sequence
from functools import cache

from markupsafe import Markup

from autograder.assignment import Assignment
from autograder.reports.figure import Scale
from autograder.results.rows import RankedRow
from autograder.server.figures.svg import Element, add, canvas, path, written
from course import records
from course.rows import Point

WIDE, NARROW = (720, 380), (360, 400)  # of a screen, and of a telephone
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 18, 44
TICKS = (95.0, 98.0, 99.0, 99.4, 99.5, 99.6, 99.7, 99.8)
SIZES = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 1_000_000, 10_000_000)


@cache
def references() -> tuple[Point, ...]:
    """Return the course's own networks."""
    try:
        return tuple(one.point() for one in records.ladder())
    except records.RecordError:
        return ()


def draw_frontier(
    rows: Sequence[RankedRow], rules: Assignment, size: tuple[int, int] = WIDE
) -> Markup:
    """Draw a board's entries, and the course's networks that are near in grey."""
    width, height = size
    goal = 1 - float(rules.percent) / 100
    limit = rules.fewer_parameters_than
    grey = [one for one in references() if one["parameters"] <= 4 * limit]
    errors = [1 - (row["mean_accuracy"] or 0) for row in rows]
    worst = max([2.5 * goal, *errors], default=2.5 * goal)
    best = min([0.6 * goal, *(0.9 * error for error in errors)])
    grey = [one for one in grey if best <= 1 - one["accuracy"] <= worst]
    sizes = [*(row["parameters"] for row in rows), *(one["parameters"] for one in grey), limit]
    x = Scale(max(1, 0.8 * min(sizes)), 1.25 * max(sizes), LEFT, width - RIGHT, log=True)
    y = Scale(max(best, 1e-5), worst, TOP, height - BOTTOM, log=True)
    root = canvas(width, height, f"{rules.name}: accuracy against parameters", said(rows, rules))
    draw_axes(root, x, y, rules)
    for one in grey:
        place = x(one["parameters"]), y(1 - one["accuracy"])
        mark = add(root, "circle", class_="reference", cx=place[0], cy=place[1], r=4)
        name = f"{one['name']} (the course): {one['parameters']:,} parameters"
        add(mark, "title", f"{name}, {100 * one['accuracy']:.2f}%")
    draw_steps(root, rows, x, y)
    for row in reversed(rows):  # the best are drawn last, above the others
        draw_entry(root, row, x, y)
    return written(root)


def said(rows: Sequence[RankedRow], rules: Assignment) -> str:
    """Say in words what the figure shows."""
    if not rows:
        return f"Nobody has passed {rules.name} yet."
    first = rows[0]
    accuracy = 100 * (first["mean_accuracy"] or 0)
    return f"The first of {len(rows)} has {first['parameters']:,} parameters at {accuracy:.2f}%."


def draw_axes(root: Element, x: Scale, y: Scale, rules: Assignment) -> None:
    """Draw the grid, the goal and the limit."""
    for percent in TICKS:
        error = 1 - percent / 100
        if y.low <= error <= y.high:
            add(root, "path", class_="grid", d=path([(x.start, y(error)), (x.end, y(error))]))
            label = f"{percent:g}%"
            add(root, "text", label, class_="tick", x=LEFT - 8, y=y(error) + 4, text_anchor="end")
    for size in SIZES:
        if x.low <= size <= x.high:
            add(root, "path", class_="grid", d=path([(x(size), y.start), (x(size), y.end)]))
            label = f"{size:,}"
            where = {"x": x(size), "y": y.end + 18}
            add(root, "text", label, class_="tick", text_anchor="middle", **where)
    goal = y(1 - float(rules.percent) / 100)
    add(root, "path", class_="goal", d=path([(x.start, goal), (x.end, goal)]))
    add(
        root, "text", f"goal {rules.percent}%", class_="aim", x=x.end, y=goal - 6, text_anchor="end"
    )
    limit = x(rules.fewer_parameters_than)
    add(root, "path", class_="goal", d=path([(limit, y.start), (limit, y.end)]))
    below = f"below {rules.fewer_parameters_than:,}"
    add(root, "text", below, class_="aim", x=limit - 6, y=y.end - 8, text_anchor="end")
    middle = (x.start + x.end) / 2
    add(root, "text", "parameters", class_="axis", x=middle, y=y.end + 38, text_anchor="middle")


def draw_steps(root: Element, rows: Sequence[RankedRow], x: Scale, y: Scale) -> None:
    """Draw the frontier: the best accuracy that so few parameters have reached."""
    corners: list[tuple[float, float]] = []
    best = 0.0
    for row in sorted(rows, key=lambda row: (row["parameters"], -(row["mean_accuracy"] or 0))):
        accuracy = row["mean_accuracy"] or 0
        if accuracy > best:
            if corners:
                corners.append((x(row["parameters"]), corners[-1][1]))
            corners.append((x(row["parameters"]), y(1 - accuracy)))
            best = accuracy
    if corners:
        corners.append((x.end, corners[-1][1]))
        add(root, "path", class_="frontier", d=path(corners))


def draw_entry(root: Element, row: RankedRow, x: Scale, y: Scale) -> None:
    """Draw one entry, a link to its page."""
    accuracy, spread = row["mean_accuracy"] or 0, row["spread"] or 0
    left, top = x(row["parameters"]), y(1 - accuracy)
    link = add(root, "a", href=f"/entry/{row['id']}")
    words = f"{row['rank']}. {row['handle']}: {row['parameters']:,} parameters"
    add(link, "title", f"{words}, {100 * accuracy:.2f}%{', verified' if row['verified'] else ''}")
    if spread:
        ends = [(left, y(1 - accuracy - spread)), (left, y(1 - accuracy + spread))]
        add(link, "path", class_="spread", d=path(ends))
    # A place to hit with a thumb; the dot itself is smaller.
    add(link, "circle", class_="reach", cx=left, cy=top, r=11)
    kind = "entry verified" if row["verified"] else "entry"
    add(link, "circle", class_=kind, cx=left, cy=top, r=7 if row["rank"] == 1 else 5)
    if row["rank"] <= 3:
        name = row["handle"][:24]
        anchor = "end" if left > 0.7 * x.end else "start"
        shift = -11 if anchor == "end" else 11
        where = {"x": left + shift, "y": top - 8}
        add(link, "text", name, class_="name", text_anchor=anchor, **where)
