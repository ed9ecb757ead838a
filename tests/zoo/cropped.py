"""A residual cropped to fit an unpadded convolution.

Parameters: 754. Dense: no.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 8, 3)
        self.conv = nn.Conv2d(8, 8, 3)
        self.head = nn.Conv2d(8, 10, 1)

    def forward(self, x):
        x = self.stem(x)
        x = F.relu(self.conv(x)) + x[:, :, 1:-1, 1:-1]
        return self.head(x).mean((2, 3))
