"""Stochastic depth of a kind: channels of a residual branch are dropped, the deeper the more often.

Fair: dropout only thins the branches while training; at most three in ten channels are left out.
"""

import torch.nn as nn
import torch.nn.functional as F


class Block(nn.Module):
    def __init__(self, width, share):
        super().__init__()
        self.branch = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1, groups=2),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.Conv2d(width, width, 1),
            nn.BatchNorm2d(width),
            nn.Dropout2d(share),
        )

    def forward(self, x):
        return F.relu(x + self.branch(x))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(1, 16, 3, stride=2), nn.BatchNorm2d(16), nn.ReLU())
        self.blocks = nn.Sequential(
            Block(16, 0.05), Block(16, 0.1), nn.MaxPool2d(2), Block(16, 0.2), Block(16, 0.3)
        )
        self.head = nn.Conv2d(16, 10, 1)

    def forward(self, x):
        x = self.blocks(self.stem(x))
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
