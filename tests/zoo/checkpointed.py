"""Gradient checkpointing changes memory, not the network.

Parameters: 810. Dense: no.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


from torch.utils.checkpoint import checkpoint


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3)
        self.conv2 = nn.Conv2d(8, 10, 3)

    def middle(self, x):
        return F.relu(self.conv1(x))

    def forward(self, x):
        x = checkpoint(self.middle, x, use_reentrant=False)
        return self.conv2(x).mean((2, 3))
