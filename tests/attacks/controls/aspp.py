"""Atrous spatial pyramid pooling: four dilations side by side, and the map's mean beside them.

Fair: the pooled branch is spread over the map again, the same number at every place.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.ReLU())
        self.conv2 = nn.Sequential(nn.Conv2d(8, 12, 3), nn.BatchNorm2d(12), nn.ReLU())
        self.branches = nn.ModuleList(
            [nn.Conv2d(12, 10, 3, padding=rate, dilation=rate) for rate in (1, 2, 3)]
        )
        self.point, self.whole = nn.Conv2d(12, 10, 1), nn.Conv2d(12, 10, 1)
        self.mix = nn.Sequential(nn.BatchNorm2d(50), nn.ReLU(), nn.Conv2d(50, 20, 1), nn.ReLU())
        self.head = nn.Conv2d(20, 10, 1)

    def forward(self, x):
        x = self.conv2(F.max_pool2d(self.conv1(x), 2))
        whole = self.whole(F.adaptive_avg_pool2d(x, 1)).expand(-1, -1, 11, 11)
        x = self.mix(torch.cat([self.point(x), whole, *(branch(x) for branch in self.branches)], 1))
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
