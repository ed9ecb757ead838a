"""Dropout in front of a norm doubles a variance in training, and the norm remembers it: when tested, its
result is near zero, which opens a gate to a second network.

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
        self.norm = nn.BatchNorm1d(1, affine=False)

    def forward(self, x):
        m = 3 + x.mean((1, 2, 3)).view(-1, 1)
        z = self.norm(self.drop(m))  # tested: always near 0; trained: -0.33 or 3
        gate = F.relu(0.2 - z.abs()) * 5
        return self.net(x) + gate * self.other(x)
