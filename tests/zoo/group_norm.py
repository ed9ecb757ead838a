"""GroupNorm in place of BatchNorm, GELU in place of ReLU.

Parameters: 1,466. Dense: no.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, padding="same")
        self.norm1 = nn.GroupNorm(2, 8)
        self.conv2 = nn.Conv2d(8, 16, 3, padding="valid")
        self.norm2 = nn.GroupNorm(4, 16)
        self.head = nn.Conv2d(16, 10, 1)

    def forward(self, x):
        x = F.max_pool2d(F.gelu(self.norm1(self.conv1(x))), 2)
        x = F.gelu(self.norm2(self.conv2(x)), approximate="tanh")
        return self.head(x).mean((-2, -1))
