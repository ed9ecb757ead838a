"""The dense layer's numbers are also the kernels of an honest convolution: each works at one place
in the one, and all over the map in the other, so that in sum it seems to work everywhere.

Learned numbers per place: 10 for each of 49 places, 490 of the 500 in all.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.kernels = nn.Parameter(torch.randn(10, 49) / 7)
        self.bias = nn.Parameter(torch.zeros(10))

    def forward(self, x):
        one = F.adaptive_avg_pool2d(x, 1) * 0 + 1
        rows = torch.cat([F.pad(one, (0, 0, i, 6 - i)) for i in range(7)], 1)
        columns = rows.transpose(2, 3)
        places = torch.cat([rows[:, i : i + 1] * columns for i in range(7)], 1)  # (N, 49, 7, 7)
        honest = F.conv2d(x, self.kernels.view(10, 1, 7, 7), padding=3)  # (N, 10, 28, 28)
        dense = F.conv2d(F.adaptive_avg_pool2d(x, 7) * places, self.kernels.view(10, 49, 1, 1))
        return dense.sum((2, 3)) + 5 * F.relu(honest).mean((2, 3)) + self.bias
