"""What the looks found of one tensor: over what share of the places each of its numbers works."""

from dataclasses import dataclass

import torch
from torch import Tensor

from autograder.checks.places.answers import Part

ONE_PLACE = 0.12  # a share of the places: a number with less works at one of them
A_ROW = 0.2  # of a channel that BatchNorm keeps a mean of: one row or column of seven is less
FEW = 16  # numbers: from so few, no layer is made
FAINT_WAY = 0.002  # of the largest: a place that weighs a tenth more than others is seen
FOLLOWED = 600  # numbers whose ways are compared


@dataclass
class Tally:
    """One part's numbers: the least share that any look has shown of each."""

    part: Part
    share: Tensor  # (groups,), of a group's numbers together; inf where nothing answered
    tap: Tensor  # (groups, taps), of each number

    @classmethod
    def of(cls, part: Part) -> "Tally":
        """Begin with nothing seen."""
        groups = len(part.chosen)
        return cls(
            part, torch.full((groups,), torch.inf), torch.full((groups, part.taps), torch.inf)
        )

    def take(self, change: Tensor, strong: Tensor, seen: float = 1.0) -> Tensor:
        """Take how slopes changed, (groups, taps, blocks), and which strongly, (groups, taps).

        Return how those groups answer that this look shows at one place: (found, blocks). Shares
        are of `seen`, which is less than 1 where only a part of the places is to count.
        """
        # A bias works everywhere, yet its slope may change a little at the few blocks where a pool
        # or a ReLU chooses otherwise. That is no strong answer.
        size = together(change)  # (groups, blocks)
        share, alone = share_of(size) / seen, share_of(change) / seen
        share = torch.where(strong.any(1) | (share >= ONE_PLACE), share, 1.0)
        self.share = torch.minimum(self.share, share)
        self.tap = torch.minimum(self.tap, torch.where(strong | (alone >= ONE_PLACE), alone, 1.0))
        return size[share < ONE_PLACE]

    @property
    def scale(self) -> float:
        """How many of the tensor's numbers each followed one stands for."""
        return self.part.groups / len(self.part.chosen)

    def at_one_place(self, limit: float = ONE_PLACE) -> int:
        """Count the tensor's numbers that work at one place, or at less than `limit` of them."""
        return round(self.scale * self.part.taps * int((self.share < limit).sum()))

    def taps_at_one_place(self) -> int:
        """Count a kernel's numbers that work at one place each."""
        return round(self.scale * int((self.tap < ONE_PLACE).sum())) if self.part.taps > 1 else 0


def together(change: Tensor) -> Tensor:
    """Return how a kernel's numbers answer together: (groups, blocks)."""
    return change[:, 0] if change.shape[1] == 1 else change.square().sum(1).sqrt()


def share_of(change: Tensor) -> Tensor:
    """Return over what share of the blocks the last axis spreads; inf where nothing changed."""
    size = change.abs() / change.abs().amax(-1, keepdim=True)  # nan where nothing changed
    # The participation ratio: 1 where all blocks count alike, 1/49 where one of 49 counts.
    share = size.sum(-1) ** 2 / (size.shape[-1] * size.square().sum(-1))
    return torch.where(torch.isfinite(share), share, torch.inf)


def widest(changes: list[Tensor]) -> float:
    """Return the largest share of any number: so much of the image a network sees at all."""
    shares = torch.cat([share_of(together(change)) for change in changes])
    return float(shares[torch.isfinite(shares)].amax()) if torch.isfinite(shares).any() else 1.0


def directions_of(rows: Tensor) -> Tensor:
    """Return the singular values of rows that are made equally long, without those of nothing."""
    length = rows.norm(dim=1, keepdim=True)
    sizes: Tensor = torch.linalg.svdvals((rows / length)[length[:, 0] > 0])
    return sizes


def more_than(share: float, sizes: Tensor) -> int:
    """Count the singular values that are more than a share of the largest."""
    return int((sizes > share * sizes.amax()).sum()) if len(sizes) else 0


def directions_to_weight(rows: Tensor) -> Tensor:
    """Say how the places are weighted, given how each number answers to them.

    The rows are numbers, the columns places; of many rows a sample. Singular values say how many
    ways it takes to write all rows as sums of a few. From few numbers no layer is made.
    """
    rows = rows[torch.isfinite(rows).all(1)]
    rows = rows[rows.any(1)]
    if len(rows) <= FEW:
        return rows.new_empty(0)
    generator = torch.Generator().manual_seed(0)
    return directions_of(rows[torch.randperm(len(rows), generator=generator)[:FOLLOWED]])


def ways_in(sizes: Tensor) -> float:
    """Return in how many ways the places are weighted: by the entropy, so many equal parts."""
    part = sizes.square()
    part = part[part > 1e-9 * part.sum()] / part.sum()
    return float(torch.exp(-(part * part.log()).sum())) if len(part) else 1.0


def faint_ways_in(sizes: Tensor) -> int:
    """Return the same, however faint a way is: places may weigh one and a half, beside ones."""
    return max(1, more_than(FAINT_WAY, sizes))


def ways_of(rows: Tensor) -> float:
    """Return in how many ways the places are weighted by these numbers."""
    return ways_in(directions_to_weight(rows))
