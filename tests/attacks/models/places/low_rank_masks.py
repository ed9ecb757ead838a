"""Masks that are products of a learned column and a learned row: 24 of them, made by 1x1
convolutions out of one-hot codes of rows and columns, warmed by the image's ink.

Learned numbers per place: 24 numbers for each row and each column, 672 of the 922 in all; one
number acts at 14 of 196 places.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Conv2d(14, 24, 1, bias=False)
        self.across = nn.Conv2d(14, 24, 1, bias=False)
        self.head = nn.Conv2d(24, 10, 1)

    def forward(self, x):
        x = F.max_pool2d(x, 2)  # (N, 1, 14, 14)
        warm = 0.5 + torch.sigmoid(F.adaptive_avg_pool2d(x.square(), 1))
        rows = torch.cat([F.pad(warm, (0, 0, i, 13 - i)) for i in range(14)], 1)  # (N, 14, 14, 1)
        masks = self.down(rows) * self.across(rows.transpose(2, 3))  # (N, 24, 14, 14)
        return self.head((x * masks).mean((2, 3), keepdim=True) * 50).flatten(1)
