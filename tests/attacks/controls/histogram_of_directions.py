"""HOG as a network: edges by direction are averaged over cells, and cells compared with neighbours.

Fair: directions come from shifts, cells from average pools; the kernels slide over all 49 cells.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(8, 24, 3, padding=1), nn.BatchNorm2d(24), nn.ReLU())
        self.conv2 = nn.Sequential(nn.Conv2d(24, 24, 3, padding=1), nn.BatchNorm2d(24), nn.ReLU())
        self.head = nn.Conv2d(24, 10, 1)

    def forward(self, x):
        down = x[:, :, 2:, 1:-1] - x[:, :, :-2, 1:-1]  # N x 1 x 26 x 26
        right = x[:, :, 1:-1, 2:] - x[:, :, 1:-1, :-2]
        ways = [right, right + down, down, down - right]
        ways = torch.cat([F.relu(sign * way) for way in ways for sign in (1, -1)], 1)
        cells = F.avg_pool2d(F.pad(ways, (1, 1, 1, 1)), 4)  # 8 x 7 x 7
        cells = cells / (cells.square().sum(1, keepdim=True) + 0.1).sqrt()
        x = self.conv2(self.conv1(cells))
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
