"""Learned activations: each channel adds two hinges of its own, with a slope and a place to bend.

Fair: a channel bends the same everywhere on its map.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Hinges(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.slope = nn.Parameter(0.1 * torch.randn(2, width, 1, 1))
        self.bend = nn.Parameter(torch.randn(2, width, 1, 1))

    def forward(self, x):
        y = F.relu(x)
        for at in range(2):
            y = y + self.slope[at] * F.relu(self.bend[at] - x)
        return y


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 12, 3), nn.BatchNorm2d(12), Hinges(12))
        self.conv2 = nn.Sequential(nn.Conv2d(12, 16, 3), nn.BatchNorm2d(16), Hinges(16))
        self.conv3 = nn.Sequential(nn.Conv2d(16, 24, 3), nn.BatchNorm2d(24), Hinges(24))
        self.head = nn.Conv2d(24, 10, 1)

    def forward(self, x):
        x = self.conv3(self.conv2(F.max_pool2d(self.conv1(x), 2)))
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
