"""CoordConv at every layer: rows, columns and radius joined three times."""

import torch
import torch.nn as nn
import torch.nn.functional as F


def ramp(ends, size):
    return F.interpolate(ends, size, mode="bilinear", align_corners=True)


def coordinates(x):
    size, start = x.shape[2:], 0 * x[:, :1].mean((2, 3), keepdim=True) - 1
    across = ramp(F.pad(start, (0, 1), value=1.0), size)
    down = ramp(F.pad(start, (0, 0, 0, 1), value=1.0), size)
    return torch.cat([x, across, down, across.square() + down.square()], 1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Conv2d(4, 10, 3), nn.Conv2d(13, 12, 3), nn.Conv2d(15, 14, 3)
        self.n = nn.ModuleList([nn.BatchNorm2d(c) for c in (10, 12, 14)])
        self.head = nn.Conv2d(14, 10, 1)

    def forward(self, x):
        for conv, norm in zip((self.a, self.b, self.c), self.n, strict=False):
            x = F.relu(norm(conv(coordinates(x))))
            x = F.max_pool2d(x, 2) if x.shape[2] > 10 else x
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
