"""The table of a network's layers as plain data: what ledger.py returns, readable without torch.

    print(table)                 # a row for each operation, and the sums
    table.greedy.name            # "conv3": the layer with the most parameters

A verdict keeps these rows, a figure draws them, and the terminal prints them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NotRequired, TypedDict


@dataclass(frozen=True)
class Row:
    """One operation of a network, for one image."""

    name: str  # the student's own: "block1.0"; the operation's where nothing is stored
    operation: str  # "conv2d 3x3 /2 depthwise"
    shape: tuple[int, ...]  # of the output, without the batch: (8, 26, 26)
    parameters: int  # counted where first used; 0 where all of it was counted before
    shared: bool
    receptive_field: int  # how many input rows one value of this output can see
    jump: int  # input pixels between neighbouring outputs
    multiply_adds: int


@dataclass(frozen=True)
class Ledger:
    """A network's operations in the order they run; printed, they are a table."""

    rows: tuple[Row, ...]
    receptive_field: int  # of the network's output
    activations: int  # values written per image by all operations: what training memory is made of

    @property
    def parameters(self) -> int:
        """How many numbers the network stores, each counted once."""
        return sum(row.parameters for row in self.rows)

    @property
    def multiply_adds(self) -> int:
        """The multiply-adds that one image costs."""
        return sum(row.multiply_adds for row in self.rows)

    @property
    def greedy(self) -> Row | None:
        """The row with the most parameters, the first place to save some."""
        row = max(self.rows, key=lambda row: row.parameters, default=None)
        return row if row and row.parameters else None

    def __str__(self) -> str:
        table = [("layer", "operation", "output", "parameters", "sees", "multiply-adds")]
        for row in self.rows:
            count = "shared" if row.shared and not row.parameters else f"{row.parameters:,}"
            shape, sees = " x ".join(map(str, row.shape)), str(row.receptive_field or "")
            table.append((row.name, row.operation, shape, count, sees, f"{row.multiply_adds:,}"))
        table.append(("total", "", "", f"{self.parameters:,}", "", f"{self.multiply_adds:,}"))
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        sides = "<<<>>>"  # words to the left, numbers to the right
        return "\n".join(
            "  ".join(f"{cell:{s}{w}}" for cell, s, w in zip(line, sides, widths, strict=True))
            for line in table
        )


class Point(TypedDict):
    """One network in the figure of accuracy against parameters (course/figures/frontier.py)."""

    name: str
    parameters: int
    accuracy: float  # of 1: 0.9941
    passed: bool
    spread: NotRequired[float]  # the standard deviation between its seeds, of 1
    group: NotRequired[str]  # points of one group share a marker
    reported: NotRequired[bool]  # by somebody, and not recorded here: grey, not on the frontier
