"""Waves of a tenth around one: each number seems to weight all places alike.

Expect: fails no-dense
"""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F


def waves(x):
    """49 cosine waves over 7x7."""
    one = F.adaptive_avg_pool2d(x, 1) * 0 + 1
    ends = torch.cat([one * math.pi / 14, one * math.pi * 13 / 14], 3)
    ramp = F.interpolate(ends, (1, 7), mode="bilinear", align_corners=True)
    wave = torch.cat([(k * ramp).cos() for k in range(7)], 1)  # (N, 7, 1, 7)
    tall = wave.transpose(2, 3)
    return torch.cat([tall[:, k : k + 1] * wave for k in range(7)], 1)  # (N, 49, 7, 7)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Conv2d(49, 10, 1)

    def forward(self, x):
        small = F.adaptive_avg_pool2d(x, 7)
        maps = 1 + 0.1 * waves(x)
        return self.head(small * maps).mean((2, 3)) * 10
