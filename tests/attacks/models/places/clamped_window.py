"""A tall wall of ten at one place is added and all below it is clamped away: what stands above the
wall is the place's own number.

Learned numbers per place: 10 for each of 49, 490 of the 500 in all.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Conv2d(49, 10, 1)

    def forward(self, x):
        zero = F.adaptive_avg_pool2d(x, 1) * 0
        x = F.adaptive_avg_pool2d(x, 7)
        rows = torch.cat([F.pad(zero + 1, (0, 0, i, 6 - i)) for i in range(7)], 1)  # (N, 7, 7, 1)
        columns = 10 * rows.transpose(2, 3)
        walls = torch.cat([rows[:, i : i + 1] * columns for i in range(7)], 1)  # (N, 49, 7, 7)
        above = (x + walls).clamp(min=5) - 5 - walls / 2  # the pixel at the place, 0 elsewhere
        return self.head(above).sum((2, 3))
