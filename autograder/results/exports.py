"""Write a leaderboard for other programs: CSV that a spreadsheet opens, and nothing runs in it."""

import csv
from collections.abc import Iterable
from typing import TextIO

from autograder.results.rows import CSV_COLUMNS, RankedRow

FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # what a cell begins with that a spreadsheet would run


def write_csv(rows: Iterable[RankedRow], file: TextIO) -> None:
    """Write rows as CSV, a formula at a cell's start defused."""
    writer = csv.DictWriter(file, CSV_COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: defused(value) for name, value in row.items()})


def defused(value: object) -> object:
    """Put a quote before what a spreadsheet would run; it shows the text all the same."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULAS) else value
