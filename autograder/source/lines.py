"""Where something stands in a student's file: on a line, or on a line of a notebook's cell.

    place(12)              # "line 12"
    place(7_000_003)       # "cell 7, line 3"

Python knows lines alone. So in a notebook the lines of cell 7 are numbered from 7,000,001 on. Such
a number goes wherever any line goes: through tracebacks, torch.export and the graph. Whoever writes
a sentence turns it back.
"""

import re

CELL = 1_000_000  # more lines than any file may have
MOST = 2**31 - 1  # the last line that Python can count


def numbered(cell: int, line: int) -> int:
    """Return the number of a cell's line."""
    return cell * CELL + line


def parts(number: int) -> tuple[int | None, int]:
    """Take a number apart: the cell, where there is one, and the line."""
    cell, line = divmod(number, CELL)
    return cell or None, line


def place(number: int) -> str:
    """Say where a line stands."""
    cell, line = parts(number)
    return f"cell {cell}, line {line}" if cell else f"line {line}"


def at(number: int | None) -> str:
    """Begin a sentence about a line: "line 12: ", or "" if the line is not known."""
    return f"{place(number)}: " if number else ""


def places(stretches: list[tuple[int, int]], most: int) -> str:
    """List stretches of lines, each from its first to its last; of a notebook, its cells."""
    cells = bool(stretches) and parts(stretches[0][0])[0] is not None
    if cells:  # a cell is short enough to find a line in it
        stretches = [(first // CELL, last // CELL) for first, last in stretches]
    joined: list[tuple[int, int]] = []
    for first, last in stretches:
        if joined and first <= joined[-1][1] + cells:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    words = [str(first) if first == last else f"{first} to {last}" for first, last in joined]
    several = len(joined) > 1 or joined[0][0] != joined[0][1]
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return f"{'cell' if cells else 'line'}{'s' * several} {', '.join(words[:most])}{more}"


def lines_of(text: str) -> list[str]:
    """Return a text's lines as Python counts them."""
    return re.split(r"\r\n|\r|\n", text)
