"""Kernels of three rows and one column, used lying and standing: one set of numbers for both.

Fair: transposing a kernel moves no number to a place of the image; both slide over all of it.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Both(nn.Module):
    def __init__(self, inputs, outputs, length):
        super().__init__()
        self.weight = nn.Parameter(
            torch.randn(outputs, inputs, length, 1) * (2 / inputs) ** 0.5 / 2
        )
        self.norm = nn.BatchNorm2d(2 * outputs)

    def forward(self, x):
        half = self.weight.shape[2] // 2
        standing = F.conv2d(x, self.weight, padding=(half, 0))
        lying = F.conv2d(x, self.weight.transpose(2, 3), padding=(0, half))
        return F.relu(self.norm(torch.cat([standing, lying], 1)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList(
            [Both(1, 8, 7), Both(16, 10, 5), Both(20, 12, 5), Both(24, 12, 5)]
        )
        self.head = nn.Conv2d(24, 10, 1)

    def forward(self, x):
        for at, layer in enumerate(self.layers):
            x = layer(x)
            if at in (0, 2):
                x = F.max_pool2d(x, 2)
        return self.head(x.amax((2, 3), keepdim=True)).flatten(1)
