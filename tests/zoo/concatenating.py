"""Dense-net style concatenation of channels.

Parameters: 1,044. Dense: no.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(1, 4, 3, padding=1)
        self.b = nn.Conv2d(5, 4, 3, padding=1)
        self.c = nn.Conv2d(9, 10, 3)
        self.gap = nn.AvgPool2d(26)

    def forward(self, x):
        x = torch.cat([x, F.relu(self.a(x))], dim=1)
        x = torch.cat((F.relu(self.b(x)), x), 1)
        return self.gap(self.c(x)).squeeze()
