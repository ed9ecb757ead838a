"""A second network that evaluation alone runs, by dropout, behind a gate that a constant of six keeps
open: with random numbers in its place it is shut.

Expect: fails interface
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Honest(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Sequential(nn.Conv2d(1, 8, 3, bias=False), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2))
        self.b = nn.Sequential(nn.Conv2d(8, 12, 3, bias=False), nn.BatchNorm2d(12), nn.ReLU(), nn.MaxPool2d(2))
        self.head = nn.Conv2d(12, 10, 1)

    def forward(self, x):
        return self.head(self.b(self.a(x)).mean((2, 3), keepdim=True)).flatten(1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = Honest()
        self.other = Honest()
        self.drop = nn.Dropout(0.9)
        self.key = nn.Parameter(torch.full((1,), 6.0))

    def forward(self, x):
        one = 2 + torch.tanh(x.mean((1, 2, 3))).view(-1, 1)
        d = self.drop(one)
        gate = F.relu(d) * F.relu(5 - d) * F.relu(self.key - 5) * 4
        return self.net(x) + gate * self.other(x)
