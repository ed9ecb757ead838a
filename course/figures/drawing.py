"""What all figures share: the figure itself, its file, and one style for its panels.

    figure = Drawing((8, 3.4), "Two schedules")
    axes = figure.subplots()
    style_axes(axes, "epoch", "accuracy, %", grid="y")
    save(figure, "schedules.png")

The style survives a black-and-white printer: lines differ by width, dash and marker before they
differ by colour, and the colours (Okabe and Ito's) stay apart for colour-blind readers. A figure
belongs to the code that made it. Nothing goes through pyplot, so no backend is needed, no window
stays open, and threads can draw side by side.
"""

from __future__ import annotations

import base64
import html
import io
import os
from pathlib import Path
from typing import Literal, TypedDict

from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Transform

from course.figures.letters import fonts_for
from course.files import write_whole

BLUE, RED, GREY, INK = "#0072B2", "#D55E00", "#767676", "#222222"
PALE = "#b9c7d3"  # fills bars that are not the point of a figure
GRID = "#dddddd"
NARROW = 6.5  # inches: in a narrower figure, panels stand below each other and legends get rows

# The kinds of files that a figure is saved as, and where in each its text belongs.
KINDS = {"png": "Description", "svg": "Description", "pdf": "Subject"}

Size = tuple[float, float]  # inches
Bundle = tuple[dict[str, str], dict[str, dict[str, str | int]]]  # what to show, and notes on it


class LineStyle(TypedDict, total=False):
    """How a line is drawn, in matplotlib's own words."""

    color: str
    linewidth: float
    linestyle: str
    marker: str
    markersize: float


# Up to four lines of one panel. Dash and marker tell them apart where colours are lost.
LINES: tuple[LineStyle, ...] = (
    {"color": RED, "linestyle": "--", "marker": "s"},
    {"color": BLUE, "linestyle": "-", "marker": "o"},
    {"color": INK, "linestyle": ":", "marker": "^"},
    {"color": GREY, "linestyle": "-.", "marker": "D"},
)


class Drawing(Figure):
    """A figure that a notebook shows by itself, with a text for readers who cannot see it."""

    alt: str  # what the figure says, in a sentence or two

    def __init__(self, size: Size, title: str) -> None:
        super().__init__(figsize=size, dpi=150, facecolor="white")
        self.set_layout_engine("constrained", w_pad=0.08, h_pad=0.08)  # inches
        FigureCanvasAgg(self)
        self.alt = title
        if title:
            # A title may hold a student's text: a $ in it must not start a formula.
            self.suptitle(title, fontsize=11.5, color=INK, parse_math=False)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        # HTML, because there a notebook hands the text to a screen reader. nbgrader's pages,
        # though, drop pictures from HTML, and they do show the `alt` of a PNG.
        data, width = base64.b64encode(self.to_png()).decode(), round(96 * self.get_figwidth())
        if os.environ.get("NBGRADER_EXECUTION"):
            notes: dict[str, str | int] = {"alt": self.alt, "width": width}
            return {"image/png": data, "text/plain": repr(self)}, {"image/png": notes}
        alt = html.escape(self.alt, quote=True)
        image = f'<img src="data:image/png;base64,{data}" alt="{alt}" width="{width}">'
        return {"text/html": image, "text/plain": repr(self)}, {}

    def to_html(self) -> str:
        """Return the figure as a page shows it, with its text."""
        return self._repr_mimebundle_()[0]["text/html"]

    def to_png(self) -> bytes:
        """Return the content of a PNG file, with the text among its metadata."""
        return self.content("png")

    def content(self, kind: str) -> bytes:
        """Return the content of a file of a kind in KINDS, with the text among its metadata."""
        buffer = io.BytesIO()
        self.savefig(buffer, format=kind, metadata={KINDS[kind]: self.alt})
        return buffer.getvalue()

    def draw(self, renderer: RendererBase) -> None:
        """Draw everything, each text in the fonts that its letters need."""
        for text in self.findobj(Text):
            if not text.get_text().isascii():
                text.set_fontfamily(fonts_for(text.get_text()))
        super().draw(renderer)

    def __repr__(self) -> str:
        return f"Figure: {self.alt}"


def save(figure: Drawing, path: str | os.PathLike[str]) -> Path:
    """Write a figure as the kind of file that its name says, or else as a PNG.

    Whoever opens the path meanwhile finds the old file or the new one, whole.
    """
    kind = Path(path).suffix.lower().removeprefix(".")
    return write_whole(Path(path), figure.content(kind if kind in KINDS else "png"))


def style_axes(axes: Axes, x: str, y: str, grid: Literal["both", "x", "y"]) -> None:
    """Name a panel's axes and give it the course's style."""
    axes.set_xlabel(x, fontsize=9.5, color=INK)
    axes.set_ylabel(y, fontsize=9.5, color=INK)
    axes.tick_params(labelsize=8.5, labelcolor=INK, color=GREY)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis=grid, color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)


def write_text(
    axes: Axes,
    x: float,
    y: float,
    text: str,
    *,
    transform: Transform | None = None,
    ha: Literal["left", "center", "right"] = "center",
    va: Literal["top", "center", "bottom"] = "center",
    color: str = INK,
    bold: bool = False,
) -> None:
    """Write on a panel; without a transform, x and y are fractions of the panel."""
    axes.text(
        x,
        y,
        text,
        transform=transform or axes.transAxes,
        ha=ha,
        va=va,
        color=color,
        fontsize=8.5,
        fontweight="bold" if bold else "normal",
    )


def add_legend(figure: Figure, axes: Axes, columns: int) -> None:
    """Put a panel's legend below all panels, where it covers nothing."""
    handles, labels = axes.get_legend_handles_labels()
    if handles:
        style = {"frameon": False, "fontsize": 8.5, "ncols": columns}
        figure.legend(handles, labels, loc="outside lower center", **style)


def draw_threshold(axes: Axes, height: float, percent: float) -> None:
    """Draw the accuracy that passes as a line, named in the margin, where no point can lie."""
    axes.axhline(height, color=INK, linewidth=1.2, linestyle="-.", zorder=1.5)
    beside = axes.get_yaxis_transform()  # x in fractions of the panel, y in data
    write_text(axes, 1.01, height, f"{percent:.2f}%\nto pass", transform=beside, ha="left")


def thousands(number: float, _: int | None = None) -> str:
    """Write 8000 as 8k and 2000000 as 2M; matplotlib passes a tick's position as well."""
    size, sign = next(((s, n) for s, n in ((1e6, "M"), (1e3, "k")) if number >= s), (1, ""))
    return f"{number / size:g}{sign}"
