"""A 4x4 kernel, dilated by two, over a 7x7 map: it has one place to be, from edge to edge, and
reads every second row and column of blurred features.

Learned numbers: 16 channels x 16 x 10, 2,560 of the 2,730 in all.

Expect: fails no-dense by strict
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 16, 3, padding=1)
        self.head = nn.Conv2d(16, 10, 4, dilation=2)

    def forward(self, x):
        x = F.adaptive_avg_pool2d(F.relu(self.conv(x)), 7)
        x = F.avg_pool2d(x, 3, stride=1, padding=1)  # (N, 16, 7, 7)
        return self.head(x).flatten(1)
