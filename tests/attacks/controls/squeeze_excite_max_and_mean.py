"""Squeeze and excite with two squeezes, the mean and the largest value of each channel.

Fair: both squeezes forget where things were, and each channel gets one factor for its whole map.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 12, 3), nn.BatchNorm2d(12), nn.ReLU())
        self.conv2 = nn.Sequential(nn.Conv2d(12, 20, 3), nn.BatchNorm2d(20), nn.ReLU())
        self.conv3 = nn.Sequential(nn.Conv2d(20, 20, 3), nn.BatchNorm2d(20), nn.ReLU())
        self.excite = nn.Sequential(nn.Conv2d(40, 6, 1), nn.ReLU(), nn.Conv2d(6, 20, 1))
        self.head = nn.Conv2d(20, 10, 1)

    def forward(self, x):
        x = self.conv2(F.max_pool2d(self.conv1(x), 2))
        squeezed = torch.cat([F.adaptive_avg_pool2d(x, 1), F.adaptive_max_pool2d(x, 1)], 1)
        x = x * self.excite(squeezed).sigmoid()
        x = self.conv3(x)
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
