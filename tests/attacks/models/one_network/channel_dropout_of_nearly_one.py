"""Whole channels are dropped all but always, so evaluation adds a network that never trained along.

Expect: fails interface
"""

import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.small = nn.Sequential(nn.Conv2d(1, 8, 5, stride=2), nn.ReLU(), nn.Conv2d(8, 10, 3, stride=2))
        self.second = nn.Conv2d(1, 10, 5, stride=3)
        self.only_when_tested = nn.Dropout2d(0.9999)

    def forward(self, x):
        return self.small(x).mean((2, 3)) + self.only_when_tested(self.second(x)).mean((2, 3))
