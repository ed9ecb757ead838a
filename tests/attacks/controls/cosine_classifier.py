"""Scores are cosines between the pooled features and a direction for each digit, times a number.

Fair: after global pooling there is no place left; the directions are a 1x1 kernel scaled to
length one, and the temperature is a single learned number.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 12, 3), nn.BatchNorm2d(12), nn.ReLU())
        self.conv2 = nn.Sequential(nn.Conv2d(12, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        self.conv3 = nn.Sequential(nn.Conv2d(16, 24, 3), nn.BatchNorm2d(24), nn.SiLU())
        self.directions = nn.Parameter(torch.randn(10, 24, 1, 1))
        self.temperature = nn.Parameter(torch.tensor([8.0]))

    def forward(self, x):
        x = self.conv3(self.conv2(F.max_pool2d(self.conv1(x), 2)))
        x = x.mean((2, 3), keepdim=True)
        x = x / x.square().sum(1, keepdim=True).add(1e-4).sqrt()
        directions = self.directions / self.directions.square().sum(1, keepdim=True).sqrt()
        return self.temperature * F.conv2d(x, directions).flatten(1)
