"""The distance from the middle joined as a channel, made of two ramps squared and added.

Fair: nothing about the distance is learned or stored, and one kernel reads it at every place; a
number of that kernel weighs "far from the middle" the same all around.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(2, 12, 3), nn.BatchNorm2d(12), nn.SiLU())
        self.conv2 = nn.Sequential(nn.Conv2d(12, 16, 3), nn.BatchNorm2d(16), nn.SiLU())
        self.conv3 = nn.Sequential(nn.Conv2d(16, 24, 3), nn.BatchNorm2d(24), nn.SiLU())
        self.head = nn.Conv2d(24, 10, 1)

    def forward(self, x):
        zero = x.mean((2, 3), keepdim=True) * 0
        across = F.interpolate(
            F.pad(zero - 1, (0, 1), value=1.0), (28, 28), mode="bilinear", align_corners=True
        )  # -1 at the left, 1 at the right
        distance = (across.square() + across.transpose(2, 3).square()).add(1e-4).sqrt()
        x = self.conv1(torch.cat([x, distance], 1))
        x = self.conv2(F.max_pool2d(x, 2))
        x = self.conv3(F.max_pool2d(x, 2))
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
