"""A mixture of four experts: pooled features decide how much of each expert's answer counts.

Fair: the gate gives one weight per expert for the whole image; experts are convolutions.
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 10, 3), nn.BatchNorm2d(10), nn.ReLU())
        self.conv2 = nn.Sequential(nn.Conv2d(10, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        self.gate = nn.Conv2d(16, 4, 1)
        self.experts = nn.ModuleList([nn.Conv2d(16, 10, 3) for _ in range(3)])
        self.simple = nn.Conv2d(16, 10, 1)

    def forward(self, x):
        x = self.conv2(F.max_pool2d(self.conv1(x), 2))
        gate = self.gate(x.mean((2, 3), keepdim=True)).softmax(1).flatten(1)  # N x 4
        scores = gate[:, 3:] * self.simple(x).amax((2, 3))
        for at, expert in enumerate(self.experts):
            scores = scores + gate[:, at : at + 1] * expert(x).amax((2, 3))
        return scores
