"""ReZero: a deep residual network without norms, each branch behind one number that starts at 0.

Fair: the number is a single one for a whole branch.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 16, 5, stride=2)
        self.layers = nn.ModuleList([nn.Conv2d(16, 16, 3, padding=1) for _ in range(3)])
        self.gates = nn.ParameterList([nn.Parameter(torch.zeros(1)) for _ in range(3)])
        self.head = nn.Conv2d(16, 10, 1)

    def forward(self, x):
        x = F.relu(self.stem(x))
        for layer, gate in zip(self.layers, self.gates, strict=True):
            x = x + gate * F.relu(layer(x))
        x = F.max_pool2d(x, 2)
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
