"""Squeeze and excite with 1x1 convolutions.

Parameters: 1,758. Dense: no.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class SE(nn.Module):
    def __init__(self, channels, squeezed):
        super().__init__()
        self.down = nn.Conv2d(channels, squeezed, 1)
        self.up = nn.Conv2d(squeezed, channels, 1)

    def forward(self, x):
        s = F.adaptive_avg_pool2d(x, 1)
        s = torch.sigmoid(self.up(F.relu(self.down(s))))
        return x * s


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, stride=2)
        self.se = SE(16, 4)
        self.conv2 = nn.Conv2d(16, 10, 3)

    def forward(self, x):
        return self.conv2(self.se(F.silu(self.conv1(x)))).mean((2, 3))
