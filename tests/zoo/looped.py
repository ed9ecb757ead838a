"""One block used four times in a loop: its weights count once.

Parameters: 770. Dense: no.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 8, 3, stride=2, padding=1)
        self.block = nn.Conv2d(8, 8, 3, padding=1)
        self.bn = nn.BatchNorm2d(8)
        self.head = nn.Conv2d(8, 10, 1)

    def forward(self, x):
        x = self.stem(x)
        for _ in range(4):
            x = F.relu(self.bn(self.block(x)) + x)
        return self.head(x).amax((2, 3))
