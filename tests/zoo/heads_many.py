"""Every way to forget two axes of length one.

Parameters: 100. Dense: no.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 10, 3)
        self.gap = nn.AdaptiveAvgPool2d((1, 1))
        self.flatten = nn.Flatten(1)

    def forward(self, x):
        y = self.conv(x)
        a = self.flatten(self.gap(y))
        b = self.gap(y).view(y.size(0), -1)
        c = self.gap(y).reshape(-1, 10)
        d = self.gap(y).flatten(start_dim=1)
        e = self.gap(y).squeeze(-1).squeeze(-1)
        f = y.view(y.shape[0], 10, -1).mean(2)
        g = y.view(-1, 10, 26 * 26).max(-1)[0]
        h = y.sum((2, 3)) / 676
        return a + b + c + d + e + f + g + h
