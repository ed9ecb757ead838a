"""Two BatchNorms of the same feature, with two momenta: equal in training, different in evaluation.

Their difference is exactly 0 as long as batches are normalised by themselves.

Expect: fails interface
"""

import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.small = nn.Sequential(nn.Conv2d(1, 8, 5, stride=2), nn.ReLU(), nn.Conv2d(8, 10, 3, stride=2))
        self.slow = nn.BatchNorm1d(1, momentum=0.01, affine=False)
        self.quick = nn.BatchNorm1d(1, momentum=0.5, affine=False)

    def forward(self, x):
        scores = self.small(x).mean((2, 3))
        others = self.small(torch.roll(x, 1, 2)) + self.small(torch.roll(x, -1, 3))
        ink = x.square().mean((1, 2, 3)).unsqueeze(1)  # (N, 1)
        tested = ((self.slow(ink) - self.quick(ink)).abs() * 1e4).clamp(0, 1)
        return scores + tested * others.mean((2, 3))
