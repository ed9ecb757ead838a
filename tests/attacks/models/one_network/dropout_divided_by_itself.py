"""The same switch of what images do change: a feature after dropout, divided by itself before it.

0 or 2 in training, 1 in evaluation, whatever the feature is; so its distance from 1 tells the mode.

Expect: fails interface
"""

import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.small = nn.Sequential(nn.Conv2d(1, 8, 5, stride=2), nn.ReLU(), nn.Conv2d(8, 10, 3, stride=2))
        self.coin = nn.Dropout(0.5)

    def forward(self, x):
        scores = self.small(x).mean((2, 3))
        others = self.small(torch.roll(x, 1, 2)) + self.small(torch.roll(x, -1, 3))
        ink = x.square().mean((1, 2, 3)).unsqueeze(1) + 1  # (N, 1), another number for each image
        tested = 1 - (self.coin(ink) / ink - 1).abs()  # 0 in training, 1 in evaluation
        return scores + tested * others.mean((2, 3))
