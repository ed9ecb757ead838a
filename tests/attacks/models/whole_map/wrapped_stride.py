"""A 14x14 map wrapped around itself: a kernel in steps of 14 meets the same places everywhere.

Expect: fails no-dense by strict
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Conv2d(1, 10, 14, stride=14)

    def forward(self, x):
        x = F.max_pool2d(x, 2)
        x = F.pad(x, (14, 14, 14, 14), mode="circular")
        return self.head(x).mean((2, 3))
