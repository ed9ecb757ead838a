"""Sixteen crops joined as channels: to BatchNorm they are channels like others, each one place's.

Expect: counts 250
"""

import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3, stride=3)
        self.places = nn.BatchNorm2d(128, affine=False)
        self.head = nn.Conv2d(8, 10, 1)

    def forward(self, x):
        x = self.conv(x).relu()[:, :, :8, :8]  # (N, 8, 8, 8)
        parts = [part for row in x.chunk(4, 2) for part in row.chunk(4, 3)]  # 16 of (N, 8, 2, 2)
        x = self.places(torch.cat(parts, 1)).unflatten(1, (16, 8)).mean(1)
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
