"""Digits in rows, with their labels, and framed where they were misread.

draw_digits(digits.test_images[:20], digits.test_labels[:20], network(x).argmax(1))
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import SupportsInt

from course.figures.arrays import Values, as_array
from course.figures.drawing import INK, NARROW, PHONE, RED, Drawing, also_for_phones, write_text
from course.figures.images.sheet import EDGE, corner, fit, outline, show_image, write_below


@also_for_phones(width=PHONE)
def draw_digits(
    images: Values,
    labels: Iterable[SupportsInt] | None = None,
    predictions: Iterable[SupportsInt] | None = None,
    title: str = "",
    columns: int | None = None,
    width: float = 9.0,
) -> Drawing:
    """Draw digits, (N, 28, 28) or (N, 1, 28, 28), in rows; frame the misread ones.

    Columns that are asked for are kept in any width, since then a row may mean something.
    """
    pixels = as_array(images)
    pixels = pixels.reshape(-1, *(pixels.shape[-2:] if pixels.ndim > 1 else (28, 28)))  # (N, H, W)
    truth = [None] * len(pixels) if labels is None else [int(label) for label in labels]
    guesses = truth if predictions is None else [int(guess) for guess in predictions]
    usual = 10 if width >= NARROW else 4
    columns = max(1, min(columns or usual, len(pixels)))
    side = min(0.9, width / columns)  # inches for an image, with the gap behind it
    rows = max(1, math.ceil(len(pixels) / columns))
    height = 1.12 if labels is None and predictions is None else 1.5  # of a row, with its labels
    size = (
        max(3.0, side * columns),
        max(1.2, 0.89 * side * height * rows + 0.2) + 0.3 * bool(title),
    )
    figure = Drawing(size, title)
    axes = figure.subplots()
    axes.set_axis_off()
    for i, (image, true, guess) in enumerate(zip(pixels, truth, guesses, strict=True)):
        left, top = corner(i, columns, height)
        show_image(axes, image, left, top, scale=pixels)
        wrong = true is not None and guess != true
        edge, linewidth = (RED, 2.5) if wrong else (EDGE, 0.6)
        outline(axes, left, top, color=edge, linewidth=linewidth)
        words = [] if true is None else [str(true)]
        words += [] if guess == true else [f"read as {guess}"]
        color, below = RED if wrong else INK, (left + 0.5, top + 1.07)
        write_below(axes, *below, " ".join(words), color)
    fit(axes, columns, rows, height)
    if not len(pixels):
        write_text(axes, 0.5, 0.5, "no digits")
    figure.alt = _in_words(title, truth, guesses)
    return figure


def _in_words(title: str, truth: Sequence[int | None], guesses: Sequence[int | None]) -> str:
    """Say which digits are drawn, and which of them were misread."""
    said = [
        "a digit" if true is None else f"{true}" if guess == true else f"{true} read as {guess}"
        for true, guess in zip(truth, guesses, strict=True)
    ]
    return f"{title or 'Handwritten digits'}: {', '.join(said) or 'none'}."
