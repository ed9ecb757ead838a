"""Mixed pooling: each pool is a blend of the mean and the maximum, by one learned number each.

Fair: a blend is one number for a whole map.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Mixed(nn.Module):
    def __init__(self):
        super().__init__()
        self.blend = nn.Parameter(torch.zeros(1))

    def forward(self, x, side):
        share = self.blend.sigmoid()
        return share * F.max_pool2d(x, side) + (1 - share) * F.avg_pool2d(x, side)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 12, 3), nn.BatchNorm2d(12), nn.ReLU())
        self.conv2 = nn.Sequential(nn.Conv2d(12, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        self.conv3 = nn.Sequential(nn.Conv2d(16, 24, 3), nn.BatchNorm2d(24), nn.ReLU())
        self.pools = nn.ModuleList([Mixed() for _ in range(3)])
        self.head = nn.Conv2d(24, 10, 1)

    def forward(self, x):
        x = self.pools[0](self.conv1(x), 2)  # 12 x 13 x 13
        x = self.pools[1](self.conv2(x), 2)  # 16 x 5 x 5
        x = self.pools[2](self.conv3(x), 3)  # 24 x 1 x 1
        return self.head(x).flatten(1)
