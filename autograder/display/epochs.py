"""The table of epochs, a row as each one ends: as many columns as the terminal has room for.

table = EpochTable(width=80, seeds=3)
print(table.head)
print(table.row(epoch, needed=9_940, counts=True, run=0))
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from rich.text import Text

from course.epoch import Epoch


@dataclass(frozen=True)
class Value:
    """A column of numbers: its title, its width, and its turn to go where room is short."""

    title: str
    width: int
    goes: int = 0


SEED = Value("seed", 4)
VALUES = (
    Value("epoch", 5),
    Value("rate", 8, goes=3),
    Value("train loss", 10),
    Value("train %", 7),
    Value("test loss", 9, goes=2),
    Value("test %", 6),
    Value("right", 6),
    Value("seconds", 7, goes=1),
)
GAP, MARK = 2, 2  # cells: between columns, and for a tick or a cross at the end


class EpochTable:
    """Writes one line for each epoch."""

    def __init__(self, width: int, seeds: int = 1) -> None:
        self.values = [SEED, *VALUES] if seeds > 1 else list(VALUES)
        while self.needed() > width and any(value.goes for value in self.values):
            self.values.remove(max(self.values, key=lambda value: value.goes))

    def needed(self) -> int:
        """Return the cells that a line takes."""
        return sum(value.width for value in self.values) + GAP * len(self.values[1:]) + MARK

    @property
    def head(self) -> Text:
        """The titles."""
        titles = self.line({value.title: value.title for value in self.values})
        titles.stylize("dim")
        return titles

    def row(self, epoch: Epoch, needed: int, counts: bool, run: int = 0) -> Text:
        """Write one epoch; where it counts, a tick if it reaches the line and a cross if not."""
        enough = epoch.test_correct >= needed
        texts = {
            "seed": f"{run + 1}",
            "epoch": f"{epoch.epoch:,}",
            "rate": in_cells(epoch.lr, 5, 8),
            "train loss": in_cells(epoch.train_loss, 4, 9),
            "train %": f"{100 * epoch.train_accuracy:.2f}",
            "test loss": in_cells(epoch.test_loss, 4, 9),
            "test %": f"{100 * epoch.test_accuracy:.2f}",
            "right": f"{epoch.test_correct:,}",
            "seconds": in_cells(epoch.seconds + epoch.test_seconds, 1, 7),
        }
        row = self.line(texts, {"right": "green"} if enough else {})
        if counts:
            row.append(*((" ✓", "green") if enough else (" ✗", "red")))
        return row

    def line(
        self, texts: Mapping[str, str], styles: Mapping[str, str] = MappingProxyType({})
    ) -> Text:
        """Join the texts of the columns that are shown."""
        parts = (
            Text(f"{texts[value.title]:>{value.width}}", styles.get(value.title, ""))
            for value in self.values
        )
        return Text(" " * GAP).join(parts)


def in_cells(number: float, places: int, width: int) -> str:
    """Write a number with as many places as there is room for, or as 1.9e+23 where there is none.

    What would read as 0 and is none is written that way too.
    """
    whole = len(f"{number:.0f}")
    plain = f"{number:.{max(0, min(places, width - whole - 1))}f}"
    return f"{number:.1e}" if len(plain) > width or (number and not float(plain)) else plain
