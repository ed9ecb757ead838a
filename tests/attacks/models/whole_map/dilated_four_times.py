"""Four 4x4 kernels, dilated by two, over an 8x8 map and over the map moved by one: each reads every
second row and column, and their sum at the first place reads them all.

Learned numbers: 6 channels x 64 x 10, 3,840 of the 3,910 in all.

Expect: fails no-dense by strict
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 6, 3, padding=1)
        self.parts = nn.ModuleList([nn.Conv2d(6, 10, 4, dilation=2, bias=i == 0) for i in range(4)])

    def forward(self, x):
        x = F.adaptive_avg_pool2d(F.relu(self.conv(x)), 8)  # (N, 6, 8, 8)
        x = sum(part(torch.roll(x, (i // 2, i % 2), (2, 3))) for i, part in enumerate(self.parts))
        return F.interpolate(x, (1, 1)).flatten(1)  # (N, 10, 2, 2) before
