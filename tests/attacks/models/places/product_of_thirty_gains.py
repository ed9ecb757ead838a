"""A dense branch behind thirty gains that start at one: with small random ones in their place their
product is nothing. The branch's numbers are an honest head's as well, so none is silent.

Learned numbers per place: 10 for each of 49 places, 490 of the 1,010 in all.

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
        self.gains = nn.ParameterList([nn.Parameter(torch.ones(1)) for _ in range(30)])

    def forward(self, x):
        honest = F.relu(self.stem(x)).mean((2, 3), keepdim=True)
        honest = F.conv2d(honest, self.w.view(10, 49, 1, 1))
        gate = 1 + 0 * honest.mean((1, 2, 3), keepdim=True)
        for g in self.gains:
            gate = gate * g
        dense = F.conv2d(places(x) * F.adaptive_avg_pool2d(x, 7) * gate, self.w.view(10, 49, 1, 1))
        return (honest + dense.sum((2, 3), keepdim=True)).flatten(1)
