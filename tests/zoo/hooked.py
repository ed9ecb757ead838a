"""A forward hook doubles what a layer gives.

Parameters: 810. Dense: no.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3)
        self.conv1.register_forward_hook(lambda layer, given, result: result * 2)
        self.conv2 = nn.Conv2d(8, 10, 3)

    def forward(self, x):
        return self.conv2(F.relu(self.conv1(x))).mean((2, 3))
