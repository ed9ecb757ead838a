"""The kernels of a first layer, as small pictures: blue where a number is negative, else red."""

from collections.abc import Sequence

from markupsafe import Markup

from autograder.server.figures.svg import add, canvas, written

Kernel = tuple[tuple[float, ...], ...]
CELL, GAP, ACROSS = 12, 10, 8


def draw_kernels(kernels: Sequence[Kernel]) -> Markup:
    """Draw kernels in rows of eight, all on one scale."""
    if not kernels:
        return Markup("")
    most = max(abs(value) for kernel in kernels for row in kernel for value in row) or 1.0
    high, wide = len(kernels[0]) * CELL + GAP, len(kernels[0][0]) * CELL + GAP
    lines = -(-len(kernels) // ACROSS)
    width, height = min(ACROSS, len(kernels)) * wide + GAP, lines * high + GAP
    root = canvas(width, height, "Kernels of the first layer", f"{len(kernels)} kernels")
    for number, kernel in enumerate(kernels):
        left, top = GAP + number % ACROSS * wide, GAP + number // ACROSS * high
        for down, row in enumerate(kernel):
            for right, value in enumerate(row):
                kind = "minus" if value < 0 else "plus"
                where = {"x": left + right * CELL, "y": top + down * CELL}
                shade = f"{abs(value) / most:.2f}"
                size = {"width": CELL, "height": CELL}
                cell = add(root, "rect", class_=kind, opacity=shade, **where, **size)
                add(cell, "title", f"kernel {number + 1}: {value:.3f}")
    return written(root)
