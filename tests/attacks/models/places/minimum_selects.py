"""Walls of 1,000 everywhere but at one place: the smallest number of the map and its wall is what
lies at that place. No product, no maximum.

Learned numbers per place: 10 for each of 25, 250 of the 260 in all.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Conv2d(25, 10, 1)

    def forward(self, x):
        zero = F.adaptive_avg_pool2d(x, 1) * 0
        x = F.adaptive_avg_pool2d(x, 5)
        found = []
        for i in range(5):
            for j in range(5):
                wall = F.pad(zero, (j, 4 - j, i, 4 - i), value=1000.0)
                found.append(torch.maximum(x, wall).amin((2, 3), keepdim=True))
        return self.head(torch.cat(found, 1)).flatten(1)
