"""Generalised mean pooling: the exponent, between mean and maximum, is learned for each channel.

Fair: an exponent works on every place of its channel alike.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 12, 3), nn.BatchNorm2d(12), nn.ReLU())
        self.conv2 = nn.Sequential(nn.Conv2d(12, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        self.conv3 = nn.Sequential(nn.Conv2d(16, 24, 3), nn.BatchNorm2d(24))
        self.exponent = nn.Parameter(torch.full((24, 1, 1), 3.0))
        self.head = nn.Conv2d(24, 10, 1)

    def forward(self, x):
        x = self.conv3(self.conv2(F.max_pool2d(self.conv1(x), 2)))
        p = self.exponent.clamp(1, 8)
        x = F.softplus(x).pow(p).mean((2, 3), keepdim=True).pow(1 / p)
        return self.head(x).flatten(1)
