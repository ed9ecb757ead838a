"""The test digits that are misread: each with its label, what it is taken for, and by how many.

found = find_misread(labels, [(read, sure), (read, sure)])     # a pair for each seed
draw_misread(test_images[[one.place for one in found]], found, seeds=2)
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from course.figures.arrays import Values, as_array
from course.figures.drawing import GREY, INK, Drawing, also_for_phones, write_text
from course.figures.images.sheet import WIDTH, corner, fit, outline, show_image, write_below

MOST = 50  # digits on one page; the captions of more would be too small on a telephone
COLUMNS = 5
INCHES = 0.85  # an image's side
LINE = 0.21  # from one line of text to the next, in widths of an image

Reading = tuple[Sequence[int], Sequence[float]]  # the digits that are read, their probabilities


@dataclass(frozen=True)
class Misread:
    """A test digit that at least one seed reads as another one."""

    place: int  # among the test images, from 0
    label: int
    read: int  # as which digit most of those seeds read it
    sure: float  # the probability that they give it, on average
    misses: int  # how many seeds misread it


def find_misread(labels: Sequence[int], readings: Sequence[Reading]) -> list[Misread]:
    """List what is misread: first what most seeds miss, and of those what they are surest of."""
    found = []
    for place, label in enumerate(labels):
        wrong = [(read[place], sure[place]) for read, sure in readings if read[place] != label]
        if not wrong:
            continue
        [(most, _)] = Counter(digit for digit, _ in wrong).most_common(1)
        probabilities = [sure for digit, sure in wrong if digit == most]
        mean = sum(probabilities) / len(probabilities)
        found.append(Misread(place, label, most, mean, len(wrong)))
    return sorted(found, key=lambda one: (-one.misses, -one.sure, one.place))


@also_for_phones(columns=3)
def draw_misread(
    images: Values,
    found: Sequence[Misread],
    seeds: int = 1,
    title: str = "Misread test digits",
    columns: int = COLUMNS,
) -> Drawing:
    """Draw as many misread digits as fit a page; `images`, (N, 28, 28), are those of `found`."""
    shown, pixels = found[:MOST], as_array(images)
    rows = max(1, math.ceil(len(shown) / columns))
    lines = 3 if seeds > 1 else 2
    height = 1.15 + LINE * lines  # of a row
    size = (INCHES * WIDTH * columns + 0.16, INCHES * height * rows + 0.8)
    figure = Drawing(size, title)
    axes = figure.subplots()
    axes.set_axis_off()
    for i, one in enumerate(shown):
        left, top = corner(i, columns, height)
        show_image(axes, pixels[i], left, top, scale=pixels)
        outline(axes, left, top)
        words = [f"{one.label} read as {one.read}", *how_sure(one, seeds)]
        for line, text in enumerate(words):
            below = (left + 0.5, top + 1.05 + LINE * line)
            write_below(axes, *below, text, GREY if line else INK, bold=not line)
    fit(axes, columns, rows, height)
    if shown:
        figure.supxlabel(caption(len(shown), len(found), seeds), fontsize=8.5, color=GREY)
    else:
        write_text(axes, 0.5, 0.5, "none")
    figure.alt = in_words(title, shown, seeds, len(found) - len(shown))
    return figure


def how_sure(one: Misread, seeds: int) -> list[str]:
    """Say how sure the networks are, and of several how many."""
    sure = f"{100 * one.sure:.0f}% sure" if one.sure < 0.995 else "over 99% sure"
    return [sure, f"{one.misses} of {seeds} seeds"] if seeds > 1 else [sure]


def caption(shown: int, found: int, seeds: int) -> str:
    """Say in which order they stand, and how many there is no room for."""
    order = "What most seeds misread comes first" if seeds > 1 else "The surest mistakes come first"
    left = found - shown
    return f"{order}; {left:,} more are not shown." if left else f"{order}."


def in_words(title: str, shown: Sequence[Misread], seeds: int, left: int) -> str:
    """Say what is drawn."""
    each = [f"{one.label} read as {one.read} ({', '.join(how_sure(one, seeds))})" for one in shown]
    more = f", and {left:,} more" if left else ""
    return f"{title}: {', '.join(each) or 'none'}{more}."
