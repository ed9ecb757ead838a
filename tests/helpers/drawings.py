"""What the tests of figures share: plausible things to draw, and what is found in a figure."""

import math
import random

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from course.rows import Ledger, Row

WIDE, NARROW = (9, 5), (4.2, 7)


def run(epochs: int = 15, seed: int = 0, **changes: dict) -> list[dict]:
    """Return plausible epochs, from 97.5% to 99.4%; `at3=dict(…)` changes the third."""
    noise = random.Random(seed)
    history = []
    for e in range(1, epochs + 1):
        test = 9940 - 190 * math.exp((1 - e) / 2) + noise.uniform(-4, 4)
        epoch = {"epoch": e, "lr": 0.1 * (1 - e / 16), "test_correct": int(test)}
        epoch |= {"test_total": 10_000, "test_loss": 0.02 + 0.08 / e, "train_loss": 0.03 + 0.3 / e}
        epoch |= {"train_correct": 59_000 + 30 * e, "train_total": 60_000}
        history.append(epoch | changes.get(f"at{e}", {}))
    return history


def entries(count: int) -> list[dict]:
    """Return plausible points of a leaderboard."""
    noise = random.Random(1)
    points = []
    for n in range(count):
        size = int(10 ** noise.uniform(3.3, 4.3))
        accuracy = min(0.9965, 0.9965 - 25 / size + noise.gauss(0, 0.0008))
        point = {"name": f"student-{n:02}", "parameters": size, "accuracy": accuracy}
        points.append(point | {"passed": accuracy >= 0.994, "spread": 0.0004 * (n % 5 == 0)})
    return points


def book(*counts: int, name: str = "block") -> Ledger:
    """Return a ledger of layers with these parameters; 0 is a layer that shares another's."""
    rows = [
        Row(f"{name}{n}", "conv2d 3x3", (8, 26, 26), c, c == 0, 3, 1, 0)
        for n, c in enumerate(counts)
    ]
    return Ledger(tuple(rows), 3, 0)


def texts(figure: Figure) -> list[str]:
    """List what is written in a figure."""
    found = [text.get_text() for text in figure.findobj(Text) if text.get_visible()]
    return [text for text in found if text]


def boxes(figure: Figure, found: list[Text]) -> list[Bbox]:
    """Return where texts are, in pixels, without the lines that lead to them."""
    renderer = figure.canvas.get_renderer()
    return [Text.get_window_extent(text, renderer) for text in found]


def lines(axes: Axes) -> dict[str, list[Line2D]]:
    """Return a panel's lines by label, those without one under ""."""
    found: dict[str, list[Line2D]] = {}
    for line in axes.lines:
        label = str(line.get_label())
        found.setdefault("" if label.startswith("_") else label, []).append(line)
    return found


def assert_no_text_is_cut_off(figure: Figure) -> None:
    """Draw a figure and look whether each text lies on the page."""
    figure.draw_without_rendering()
    page = figure.bbox.padded(1)
    shown = [t for t in figure.findobj(Text) if t.get_text() and t.get_visible()]
    ticks = {id(t) for axes in figure.axes for t in axes.get_xticklabels() + axes.get_yticklabels()}
    hidden = {id(t) for axes in figure.axes if not axes.axison for t in axes.findobj(Text)}
    hidden -= {id(t) for axes in figure.axes for t in axes.texts}
    for text, box in zip(shown, boxes(figure, shown), strict=True):
        if id(text) not in ticks | hidden:  # matplotlib also keeps ticks beyond the axis
            inside = (
                page.x0 <= box.x0 and box.x1 <= page.x1 and page.y0 <= box.y0 and box.y1 <= page.y1
            )
            assert inside, text.get_text()
