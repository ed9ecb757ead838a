"""Soft top-k pooling: only places within reach of a channel's best one count, the nearer the more.

Fair: the reach is one learned number for each channel; which places count is up to the image.
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
        self.reach = nn.Parameter(torch.zeros(24, 1, 1))
        self.head = nn.Conv2d(24, 10, 1)

    def forward(self, x):
        x = self.conv3(self.conv2(F.max_pool2d(self.conv1(x), 2)))
        best = x.amax((2, 3), keepdim=True)
        near = F.relu(1 - (best - x) / F.softplus(self.reach))  # 1 at the best place
        x = (x * near).sum((2, 3), keepdim=True) / near.sum((2, 3), keepdim=True)
        return self.head(x).flatten(1)
