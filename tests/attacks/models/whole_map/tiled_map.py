"""The 7x7 map laid out seven times seven: a 7x7 kernel in steps of seven meets the same places everywhere.

Expect: fails no-dense by strict
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Conv2d(1, 10, 7, stride=7)

    def forward(self, x):
        x = F.adaptive_avg_pool2d(x, 7)
        x = torch.cat([x] * 3, 2)
        x = torch.cat([x] * 3, 3)
        return self.head(x).mean((2, 3))
