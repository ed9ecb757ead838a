"""Swish with a learned steepness for each channel, and PReLU with one slope for each channel.

Fair: both are numbers of a channel, used at all its places.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Swish(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.beta = nn.Parameter(torch.ones(width, 1, 1))

    def forward(self, x):
        return x * torch.sigmoid(self.beta * x)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 12, 3), nn.BatchNorm2d(12), Swish(12))
        self.conv2 = nn.Sequential(nn.Conv2d(12, 16, 3), nn.BatchNorm2d(16), nn.PReLU(16))
        self.conv3 = nn.Sequential(nn.Conv2d(16, 24, 3), nn.BatchNorm2d(24), nn.PReLU())
        self.head = nn.Conv2d(24, 10, 1)

    def forward(self, x):
        x = self.conv3(self.conv2(F.max_pool2d(self.conv1(x), 2)))
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
