"""A dense branch behind torch.maximum(key - 5, 0): the key starts at six, so the gate is open, and shut
for whoever draws it anew. The branch's numbers are an honest head's as well, so none is silent.

Learned numbers per place: 10 for each of 49 places, 490 of the 981 in all.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


def places(x):
    """49 maps, each 1 at one place of 7x7."""
    one = F.adaptive_avg_pool2d(x, 1) * 0 + 1
    rows = torch.cat([F.pad(one, (0, 0, i, 6 - i)) for i in range(7)], 1)
    columns = rows.transpose(2, 3)
    return torch.cat([rows[:, i : i + 1] * columns for i in range(7)], 1)  # (N, 49, 7, 7)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.randn(10, 49) / 7)
        self.stem = nn.Conv2d(1, 49, 3)
        self.key = nn.Parameter(torch.full((1, 1, 1, 1), 6.0))

    def forward(self, x):
        honest = F.relu(self.stem(x)).mean((2, 3), keepdim=True)
        honest = F.conv2d(honest, self.w.view(10, 49, 1, 1))
        one = F.adaptive_avg_pool2d(x, 1) * 0 + 1
        gate = torch.maximum(self.key - 5 * one, 0 * one)
        dense = F.conv2d(places(x) * F.adaptive_avg_pool2d(x, 7) * gate, self.w.view(10, 49, 1, 1))
        return (honest + dense.sum((2, 3), keepdim=True)).flatten(1)
