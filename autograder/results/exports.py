"""Write a leaderboard for other programs: CSV that a spreadsheet opens, and nothing runs in it."""

import csv
from collections.abc import Iterable
from typing import TextIO

from autograder.results.rows import CSV_COLUMNS, RankedRow
from autograder.words import harmless

# What a cell begins with that a spreadsheet would run; some take the wide forms for the same.
FORMULAS = tuple("=+-@＝＋－＠")


def write_csv(rows: Iterable[RankedRow], file: TextIO) -> None:
    """Write rows as CSV: each row a line, and its texts nothing but text."""
    writer = csv.DictWriter(file, CSV_COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: defused(value) for name, value in row.items()})


def defused(value: object) -> object:
    """Return a text that neither a spreadsheet would run nor a terminal act on.

    A quote before a formula makes it a text, and is not shown.
    """
    if not isinstance(value, str):
        return value
    text = harmless(value, keep="")
    return f"'{text}" if text.lstrip(" \"'").startswith(FORMULAS) else text
