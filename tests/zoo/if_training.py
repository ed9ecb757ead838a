"""Dropout behind `if self.training`.

Parameters: 810. Dense: no.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3)
        self.drop = nn.Dropout2d(0.1)
        self.conv2 = nn.Conv2d(8, 10, 3)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        if self.training:
            x = self.drop(x)
        return self.conv2(x).mean((2, 3))
