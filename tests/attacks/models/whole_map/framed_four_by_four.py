"""A 4x4 kernel over a 4x4 map of 24 channels in a frame of zeros: it can be at nine places, and a
mask of one keeps the middle one, where it covers the map.

Learned numbers: 24 channels x 16 x 10, 3,840 of the 4,090 in all.

Expect: fails no-dense by strict
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 24, 3, padding=1)
        self.head = nn.Conv2d(24, 10, 4)

    def forward(self, x):
        middle = F.pad(F.adaptive_avg_pool2d(x, 1) * 0 + 1, (1, 1, 1, 1))  # (N, 1, 3, 3)
        x = F.adaptive_avg_pool2d(F.relu(self.conv(x)), 4)  # (N, 24, 4, 4)
        x = self.head(F.pad(x, (1, 1, 1, 1)))  # (N, 10, 3, 3)
        return (x * middle).sum((2, 3))
