"""A figure as numbers: where each line, dot and label stands. templates/drawing.html draws it.

    x, y = Scale(1, 15, LEFT, RIGHT), Scale(5, 0.3, BOTTOM, TOP, log=True)
    Figure("Accuracy …", "epoch", x.ticks({1: "1"}), y.ticks({5: "95", 1: "99"}), lines=(Line(…),))

All figures have one size, near a telephone's width, so that letters are letters on any screen.
Colours are not here: they are classes of templates/style.css, which knows the dark and the light.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

WIDTH, HEIGHT = 360, 240
LEFT, RIGHT, TOP, BOTTOM = 46.0, 348.0, 18.0, 200.0


@dataclass(frozen=True)
class Scale:
    """Says where a value stands: `low` at `start`, `high` at `end`, and nothing outside."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """Return the place of a value; what lies outside stands at the edge."""
        low, high, value = (self.bent(number) for number in (self.low, self.high, value))
        share = (value - low) / (high - low) if high != low else 0.5
        return round(self.start + min(1.0, max(0.0, share)) * (self.end - self.start), 1)

    def bent(self, value: float) -> float:
        """Return a value as the scale counts it."""
        return math.log(max(value, 1e-12)) if self.log else value

    def ticks(self, labels: Mapping[float, str]) -> "tuple[Tick, ...]":
        """Return the labels that lie inside, each at its place."""
        low, high = sorted((self.low, self.high))
        inside = {value: label for value, label in labels.items() if low <= value <= high}
        return tuple(Tick(self(value), label) for value, label in inside.items())


@dataclass(frozen=True)
class Tick:
    """A label of an axis."""

    at: float
    label: str


@dataclass(frozen=True)
class Line:
    """A line through points; its kind says how it looks."""

    points: str
    kind: str

    @classmethod
    def through(cls, kind: str, points: Iterable[tuple[float, float]]) -> "Line":
        """Join points in their order."""
        return cls(" ".join(f"{x:g},{y:g}" for x, y in points), kind)


@dataclass(frozen=True)
class Dot:
    """A point that is drawn; `said` is shown to whoever rests on it."""

    x: float
    y: float
    kind: str
    said: str = ""
    href: str = ""
    label: str = ""


@dataclass(frozen=True)
class Rule:
    """A line across the whole figure, with a word beside it."""

    at: float
    label: str


@dataclass(frozen=True)
class Figure:
    """Everything that a figure shows."""

    alt: str  # what it says, for whoever cannot see it
    across: str  # what the lower axis counts; the caption says what the other one does
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    lines: tuple[Line, ...] = ()
    dots: tuple[Dot, ...] = ()
    level: Rule | None = None  # to be reached
    limit: Rule | None = None  # to stay below
    shaded: tuple[float, float] | None = None  # from here to there
    note: str = ""

    @property
    def linked(self) -> bool:
        """Whether its dots lead somewhere."""
        return any(dot.href for dot in self.dots)


# ---- ticks --------------------------------------------------------------------------------------


def even(low: float, high: float, most: int = 6) -> list[float]:
    """Choose round numbers between two, in steps of 1, 2 or 5 times a power of ten."""
    for power in range(-9, 9):
        for leading in (1, 2, 5):
            step = leading * 10.0**power
            if (high - low) / step < most:
                steps = range(math.ceil(low / step), math.floor(high / step) + 1)
                return [round(n * step, 10) for n in steps]
    return [low, high]


def decades(low: float, high: float, most: int = 7) -> list[float]:
    """Choose 1, 2 and 5 of each power of ten between two; fewer where there are many."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    for leading in ((1, 2, 5), (1, 3), (1,)):
        ladder = [n * 10.0**power for power in range(first, last + 1) for n in leading]
        found = [value for value in ladder if low <= value <= high]
        if len(found) <= most:
            break
    return found if len(found) > 2 else even(low, high, most)  # near each other


def accuracy_ticks(low: float, high: float) -> dict[float, str]:
    """Label errors in percent, between two, as the accuracies that they leave."""
    return {value: f"{100 - value:.10g}" for value in decades(low, high)}
