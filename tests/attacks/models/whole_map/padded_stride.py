"""A 7x7 kernel over a 7x7 map in a frame of 14x14, in steps of seven: at one place of four it
covers the whole map, and at the others only zeros.

Learned numbers: 6 channels x 49 x 10, 2,940 of the 3,010 in all.

Expect: fails no-dense by strict
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 6, 3, padding=1)
        self.head = nn.Conv2d(6, 10, 7, stride=7)

    def forward(self, x):
        x = F.adaptive_avg_pool2d(F.relu(self.conv(x)), 7)  # (N, 6, 7, 7)
        x = self.head(F.pad(x, (0, 7, 0, 7)))  # (N, 10, 2, 2)
        return x.sum((2, 3))
