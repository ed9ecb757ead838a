"""Moves its input to the device of its weights, as many tutorials do.

Parameters: 100. Dense: no.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 10, 3)
        self.to(device)

    def forward(self, x):
        x = x.to(device)
        x = x.to(self.conv.weight.device).float()
        return self.conv(x).mean((2, 3))


model = Net().to(device)
