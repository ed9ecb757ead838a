"""All numbers lie in one tensor: two thirds are an honest convolution's, one third a dense layer's.
A middle value over the tensor sees the honest ones alone.

Learned numbers per place: 10 for each of 49 places, 490 of the 1,740 in all.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.numbers = nn.Parameter(torch.randn(1740) / 7)

    def forward(self, x):
        one = F.adaptive_avg_pool2d(x, 1) * 0 + 1
        rows = torch.cat([F.pad(one, (0, 0, i, 6 - i)) for i in range(7)], 1)
        columns = rows.transpose(2, 3)
        places = torch.cat([rows[:, i : i + 1] * columns for i in range(7)], 1)  # (N, 49, 7, 7)
        first = self.numbers[:250].view(10, 1, 5, 5)
        second = self.numbers[250:1250].view(10, 10, 10, 1)
        dense = self.numbers[1250:].view(10, 49, 1, 1)
        honest = F.conv2d(F.relu(F.conv2d(x, first)), second).mean((2, 3))
        return honest + F.conv2d(F.adaptive_avg_pool2d(x, 7) * places, dense).sum((2, 3))
