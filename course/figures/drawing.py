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
import inspect
import io
import os
import textwrap
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Literal, ParamSpec, TypedDict

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
PHONE = 3.6  # inches: what a page leaves a figure on a phone that is 390 pixels wide
TITLE = 11.0  # letters of a title that an inch has room for

# The kinds of files that a figure is saved as, and where in each its text belongs.
KINDS = {"png": "Description", "svg": "Description", "pdf": "Subject"}

Size = tuple[float, float]  # inches
Arguments = ParamSpec("Arguments")
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
    narrow: Callable[[], Drawing] | None = None  # draws it again, for a phone

    def __init__(self, size: Size, title: str) -> None:
        super().__init__(figsize=size, dpi=150, facecolor="white")
        self.set_layout_engine("constrained", w_pad=0.08, h_pad=0.08)  # inches
        FigureCanvasAgg(self)
        self.alt = title
        if title:
            # A title may hold a student's text: a $ in it must not start a formula.
            lines = textwrap.fill(title, int(TITLE * size[0]))
            self.suptitle(lines, fontsize=11.5, color=INK, parse_math=False)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        # HTML, because there a notebook hands the text to a screen reader. nbgrader's pages,
        # though, drop pictures from HTML, and they do show the `alt` of a PNG.
        if os.environ.get("NBGRADER_EXECUTION"):
            notes: dict[str, str | int] = {"alt": self.alt, "width": self.pixels[0]}
            data = base64.b64encode(self.to_png()).decode()
            return {"image/png": data, "text/plain": repr(self)}, {"image/png": notes}
        page = os.environ.get("AUTOGRADE_FIGURES") == "page"
        image = self.to_picture() if page else self.to_html()
        return {"text/html": image, "text/plain": repr(self)}, {}

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height as a page shows it: there an inch has 96 pixels."""
        return round(96 * self.get_figwidth()), round(96 * self.get_figheight())

    def to_html(self) -> str:
        """Return the figure as a notebook shows it, with its text."""
        alt = html.escape(self.alt, quote=True)
        return f'<img src="{self.to_url("png")}" alt="{alt}" width="{self.pixels[0]}">'

    def to_picture(self) -> str:
        """Return the figure as the site shows it: sharp at any size, and narrow on a phone."""
        alt, (width, height) = html.escape(self.alt, quote=True), self.pixels
        source = ""
        if self.narrow is not None and width > 96 * PHONE:
            small = self.narrow()
            sizes = 'width="{}" height="{}"'.format(*small.pixels)
            source = f'<source media="(max-width: 40rem)" srcset="{small.to_url("svg")}" {sizes}>'
        image = f'<img src="{self.to_url("svg")}" alt="{alt}" width="{width}" height="{height}">'
        return f"<picture>{source}{image}</picture>"

    def to_url(self, kind: str) -> str:
        """Return the content of a file as an address that holds all of it."""
        data = base64.b64encode(self.content(kind)).decode()
        return f"data:image/{'svg+xml' if kind == 'svg' else kind};base64,{data}"

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


def also_for_phones(
    **narrow: object,
) -> Callable[[Callable[Arguments, Drawing]], Callable[Arguments, Drawing]]:
    """Let a figure be drawn a second time, with these arguments in place of its own."""

    def decorate(draw: Callable[Arguments, Drawing]) -> Callable[Arguments, Drawing]:
        signature = inspect.signature(draw)

        @wraps(draw)
        def drawn(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Drawing:
            figure = draw(*args, **kwargs)
            given = signature.bind(*args, **kwargs)
            given.arguments |= narrow
            figure.narrow = lambda: draw(*given.args, **given.kwargs)
            return figure

        return drawn

    return decorate


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
        if figure.get_figwidth() < NARROW:
            columns = min(columns, 2 if sum(map(len, labels)) <= 12 * len(labels) else 1)
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
