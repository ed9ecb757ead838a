"""What the values of a map see of the image, and how a window over the map changes that.

    Sight(sees=1, jump=1, rows=28).window(reach=2, stride=1, rows=26)     # a 3x3 kernel: sees 3

Rows stand for columns as well. The ledger follows a network that runs with this, and the planner a
network that is only written down.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self


@dataclass(frozen=True)
class Sight:
    """What one value of a map sees, and how far apart the values are."""

    sees: int = 0  # input rows that one value depends on; 0: it is made of stored numbers alone
    jump: int = 0  # input pixels between neighbouring values
    rows: int = 1  # of its map; kept when the map is flattened

    def window(self, reach: int, stride: int, rows: int) -> Self:
        """Return the sight behind a window whose first and last positions lie `reach` apart."""
        reach = min(reach, self.rows - 1)  # what lies in the padding sees nothing
        return replace(self, sees=self.sees + reach * self.jump, jump=self.jump * stride, rows=rows)

    def everything(self) -> Self:
        """Return the sight of the whole map: of global pooling, or a dense layer on a flat map."""
        return self.window(self.rows - 1, self.rows, 1)
