"""Locally shared kernels: one convolution for the upper half of the image, another for the lower.

Fair, if unusual: each of the two kernels slides over some 400 places, and none of its numbers
belongs to one of them. That is two kernels' worth of knowledge about places, not one per place.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.upper = nn.Conv2d(1, 12, 3)
        self.lower = nn.Conv2d(1, 12, 3)
        self.norm1 = nn.BatchNorm2d(12)
        self.conv2 = nn.Sequential(nn.Conv2d(12, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        self.conv3 = nn.Sequential(nn.Conv2d(16, 24, 3), nn.BatchNorm2d(24), nn.ReLU())
        self.head = nn.Conv2d(24, 10, 1)

    def forward(self, x):
        # One row of overlap on each side, so that the halves fit together without a gap.
        halves = [self.upper(x[:, :, :15]), self.lower(x[:, :, 13:])]
        x = F.relu(self.norm1(torch.cat(halves, 2)))  # 12 x 26 x 26
        x = self.conv3(self.conv2(F.max_pool2d(x, 2)))
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
