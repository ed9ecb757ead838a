"""Weight normalisation, the old form and the new.

Parameters: 828. Dense: no.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.utils.parametrizations.weight_norm(nn.Conv2d(1, 8, 3))
        self.conv2 = nn.utils.parametrizations.weight_norm(nn.Conv2d(8, 10, 3), dim=0)

    def forward(self, x):
        return self.conv2(F.relu(self.conv1(x))).mean((2, 3))
