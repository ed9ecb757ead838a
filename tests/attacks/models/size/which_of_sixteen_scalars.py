"""Sixteen constants, and which of them comes next is a weight of four bits, 300 times.

Written into operations: 300 choices of four bits, 200 numbers; stored are 36.

Expect: counts 120
"""

import random

import torch
import torch.nn as nn

WEIGHTS = [random.Random(i).randrange(16) for i in range(300)]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.value = nn.ParameterList([nn.Parameter(torch.tensor(i / 8 - 1)) for i in range(16)])
        self.head = nn.Conv2d(1, 10, 1)

    def forward(self, x):
        y = x * 0
        for weight in WEIGHTS:
            y = torch.roll(y * self.value[weight], 1, 3) + x
        return self.head(y).mean((2, 3))
