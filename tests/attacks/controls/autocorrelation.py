"""How alike a map is to itself moved by some places: products of shifted copies, averaged.

Fair: a learned number belongs to a channel and a distance, as in texture models; places are summed.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 12, 3), nn.BatchNorm2d(12), nn.ReLU())
        self.conv2 = nn.Sequential(nn.Conv2d(12, 20, 3), nn.BatchNorm2d(20), nn.ReLU())
        self.norm = nn.BatchNorm2d(180)
        self.narrow = nn.Sequential(nn.Conv2d(180, 20, 1), nn.ReLU())
        self.head = nn.Conv2d(20, 10, 1)

    def forward(self, x):
        x = self.conv2(F.max_pool2d(self.conv1(x), 2))  # 20 x 11 x 11
        wide, middle = F.pad(x, (3, 3, 3, 3)), []
        for i, j in [(3, 3), (0, 3), (3, 0), (0, 0), (0, 6), (1, 3), (3, 1), (1, 1), (1, 5)]:
            middle.append((x * wide[:, :, i : i + 11, j : j + 11]).mean((2, 3), keepdim=True))
        return self.head(self.narrow(self.norm(torch.cat(middle, 1)))).flatten(1)
