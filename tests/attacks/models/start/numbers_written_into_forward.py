"""60 trained numbers that are no start: `forward` multiplies by them, so nothing draws them anew.

They count as what they are, written numbers, and there is room for them below 8,000.

Expect: refused before its first step
"""

import torch
import torch.nn as nn
import torch.nn.functional as F

# What each of six features says for each of ten classes: a linear classifier, in whole numbers.
TRAINED = [
    [-20, 19, -4, -6, -6, -1, 4, 12, -9, 12],
    [34, -39, -18, -25, 10, -41, 24, -10, 36, 31],
    [-12, -89, 3, 25, -29, 21, 15, 0, 33, 34],
    [13, 34, 2, -27, 7, -17, 6, 15, -31, -4],
    [-4, -9, 0, 15, -3, 9, -6, -11, 14, -5],
    [4, 7, 8, 10, 10, 10, -14, -6, -6, -24],
]


def mean(x):
    return x.mean((1, 2, 3)).unsqueeze(1)  # (N, 1)


def moved(x, down, right):
    """Compare an image with itself, moved."""
    return mean((x - torch.roll(x, (down, right), (2, 3))).abs())


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.learns = nn.Sequential(nn.Conv2d(1, 8, 5, stride=2), nn.ReLU(), nn.Conv2d(8, 10, 3, stride=2))

    def forward(self, x):
        one = mean(x) * 0 + 1
        seen = [one, moved(x, 0, 2), moved(x, 2, 0), moved(x, 6, 0), moved(x, 4, 9), mean(F.max_pool2d(x, 7, 1, 3) - x)]
        known = [sum(p * s for p, s in zip(numbers, seen)) for numbers in zip(*TRAINED)]
        return torch.cat(known, 1) + self.learns(x).mean((2, 3))
