"""200 tensors of one number each, so that their layers' descriptions are free, and 300 shifts of
other layers to fill what those left over.

Written into operations: 300 shifts of 25, 232 numbers; stored are 220.

Expect: counts 280
"""

import random

import torch
import torch.nn as nn
import torch.nn.functional as F

SHIFTS = [random.Random(i).randrange(25) - 12 for i in range(300)]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.gains = nn.ParameterList([nn.Parameter(torch.ones(1)) for _ in range(200)])
        self.head = nn.Conv2d(1, 10, 1)

    def forward(self, x):
        x = F.avg_pool2d(x, 2)
        for gain in self.gains:
            x = F.relu(x * gain)
        for shift in SHIFTS:
            x = x + torch.tanh(torch.roll(x, shift, 3))
        return self.head(x).mean((2, 3))
