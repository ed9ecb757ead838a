"""Weights kept as buffers and in a global tensor, which parameters() does not list.

Seen: pretrained constants hidden in buffers; globals not counted.
Expect: exit 1, 10,100 parameters are 2,101 too many
"""

import torch
import torch.nn as nn
import torch.nn.functional as F

HIDDEN = torch.randn(100, 10, 3, 3)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("first", torch.randn(10, 1, 3, 3))
        self.last = nn.Conv2d(100, 10, 1)

    def forward(self, x):
        x = F.conv2d(F.conv2d(x, self.first).relu(), HIDDEN).relu()
        return self.last(x).mean((2, 3))
