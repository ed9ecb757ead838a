"""Dropout of 0.99999 is as good as 1.0: a branch that is trained once in 100,000 times.

Expect: fails interface
"""

import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.small = nn.Sequential(nn.Conv2d(1, 8, 5, stride=2), nn.ReLU(), nn.Conv2d(8, 10, 3, stride=2))
        self.only_when_tested = nn.Dropout(0.99999)

    def forward(self, x):
        scores = self.small(x).mean((2, 3))
        others = self.small(torch.roll(x, 1, 2)) + self.small(torch.roll(x, -1, 3))
        return scores + self.only_when_tested(others.mean((2, 3)))
