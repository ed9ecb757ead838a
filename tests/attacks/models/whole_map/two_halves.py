"""Two kernels of half the map each: one reads the upper half, the other the lower one, and their
sum is a kernel as large as the map.

Learned numbers: 6 channels x 64 x 10, 3,840 of the 3,920 in all.

Expect: fails no-dense by strict
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 6, 3, padding=1)
        self.upper = nn.Conv2d(6, 10, (4, 8), stride=4)
        self.lower = nn.Conv2d(6, 10, (4, 8), stride=4)

    def forward(self, x):
        x = F.adaptive_avg_pool2d(F.relu(self.conv(x)), 8)  # (N, 6, 8, 8)
        x = self.upper(x) + torch.flip(self.lower(x), (2,))  # (N, 10, 2, 1)
        return F.interpolate(x, (1, 1)).flatten(1)  # the first: upper of upper, lower of lower
