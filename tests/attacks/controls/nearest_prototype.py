"""Scores are minus the squared distance between pooled features and a prototype for each digit.

Fair: prototypes live among the features of the whole image, after pooling, not among pixels.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 12, 3), nn.BatchNorm2d(12), nn.ReLU())
        self.conv2 = nn.Sequential(nn.Conv2d(12, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        self.conv3 = nn.Sequential(nn.Conv2d(16, 24, 3), nn.BatchNorm2d(24), nn.ReLU())
        self.shrink = nn.Conv2d(24, 16, 1)
        self.prototypes = nn.Parameter(torch.randn(10, 16))

    def forward(self, x):
        x = self.conv3(self.conv2(F.max_pool2d(self.conv1(x), 2)))
        x = self.shrink(x.mean((2, 3), keepdim=True)).flatten(1)  # N x 16
        return -(x.unsqueeze(1) - self.prototypes).square().sum(2)
