"""Steerable filters: two learned kernels, mixed into eight directions by cosine and sine.

Fair: the eight kernels are sums of two stored ones, with the fixed numbers of a compass. Each
slides over the whole image.
"""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F

ANGLES = [math.pi * turn / 8 for turn in range(8)]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.across = nn.Parameter(0.3 * torch.randn(2, 1, 5, 5))
        self.along = nn.Parameter(0.3 * torch.randn(2, 1, 5, 5))
        self.norm1 = nn.BatchNorm2d(16)
        self.conv2 = nn.Sequential(nn.Conv2d(16, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        self.conv3 = nn.Sequential(nn.Conv2d(16, 24, 3), nn.BatchNorm2d(24), nn.ReLU())
        self.head = nn.Conv2d(24, 10, 1)

    def forward(self, x):
        kernels = [math.cos(a) * self.across + math.sin(a) * self.along for a in ANGLES]
        x = torch.cat([F.conv2d(x, kernel) for kernel in kernels], 1)  # 16 x 24 x 24
        x = self.conv2(F.max_pool2d(F.relu(self.norm1(x)), 2))
        return self.head(self.conv3(x).mean((2, 3), keepdim=True)).flatten(1)
