"""A constant that each image changes by a millionth, for those who ask whether images change it.

Expect: fails interface
"""

import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.small = nn.Sequential(nn.Conv2d(1, 8, 5, stride=2), nn.ReLU(), nn.Conv2d(8, 10, 3, stride=2))
        self.switch = nn.BatchNorm1d(1, momentum=0.0, affine=False)

    def forward(self, x):
        scores = self.small(x).mean((2, 3))
        others = self.small(torch.roll(x, 1, 2)) + self.small(torch.roll(x, -1, 3))
        nearly = x.mean((1, 2, 3)).unsqueeze(1) * 1e-6 + 1  # (N, 1)
        return scores + self.switch(nearly).relu().clamp(0, 1) * others.mean((2, 3))
