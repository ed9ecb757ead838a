"""Tables that fit their width: the least important columns go first, then one text is shortened.

    lines = laid_out([Column("id", ids), Column("device", devices, goes=2), names], width=60)

That text, a name that somebody chose, is the last column. Terminals disagree about how wide an
emoji is and write Arabic from the right: whatever they make of a name, nothing stands behind it
that could move. So no line is padded at its end either.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

from rich.text import Text

GAP = "  "
WANTED = 20  # cells of the last column: before less of it is shown, another column goes


@dataclass(frozen=True)
class Column:
    """One column: its title, a text for each row, and what becomes of it where room is short."""

    title: str
    cells: Sequence[str]
    left: bool = False
    goes: int = 0  # of the columns that may go, the one with the highest number goes first

    @property
    def width(self) -> int:
        """The cells that its widest text takes."""
        return max(cells(text) for text in (self.title, *self.cells))


def laid_out(columns: Sequence[Column], width: int, styles: Sequence[str] = ()) -> list[Text]:
    """Return the lines of a table, its titles first; `styles` has one for each row."""
    shown = fitting(columns, width)
    *whole, last = shown
    room = max(1, width - sum(column.width + len(GAP) for column in whole))
    titles = line_of(shown, [column.title for column in shown], room)
    titles.stylize("dim")
    rows = [
        line_of(shown, [column.cells[row] for column in shown], room)
        for row in range(len(last.cells))
    ]
    for line, style in zip(rows, styles, strict=False):
        line.stylize(style)
    return [titles, *rows]


def fitting(columns: Sequence[Column], width: int) -> list[Column]:
    """Return the columns that there is room for, where the last one needs no more than WANTED."""
    shown = list(columns)
    while (droppable := [c for c in shown[:-1] if c.goes]) and needed(shown) > width:
        shown.remove(max(droppable, key=lambda column: column.goes))
    return shown


def needed(columns: Sequence[Column]) -> int:
    """Return the cells that a table needs."""
    *whole, last = columns
    return sum(column.width + len(GAP) for column in whole) + min(last.width, WANTED)


def line_of(columns: Sequence[Column], texts: Sequence[str], room: int) -> Text:
    """Write one line; the last text gets the room that is left."""
    padded = [padding(text, column) for column, text in zip(columns[:-1], texts[:-1], strict=True)]
    return Text(GAP.join([*padded, shortened(texts[-1], room)]), no_wrap=True)


def padding(text: str, column: Column) -> str:
    """Fill a text up to its column's width."""
    blank = " " * (column.width - cells(text))
    return text + blank if column.left else blank + text


def cells(text: str) -> int:
    """Count the cells that a text takes in any terminal, at most.

    Signs that join others (accents, shades of an emoji) count too: not every terminal joins them.
    """
    return sum(map(cells_of, text))


def cells_of(sign: str) -> int:
    """Count the cells of one sign: wide ones, such as 李 and most emoji, take two."""
    return 2 if east_asian_width(sign) in "WF" else 1


def shortened(text: str, most: int) -> str:
    """Return a text that takes at most so many cells; what was cut off is an ellipsis."""
    if cells(text) <= most:
        return text
    left = most - 1
    for place, sign in enumerate(text):
        left -= cells_of(sign)
        if left < 0:
            return f"{text[:place]}…"
    return text
