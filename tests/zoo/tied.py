"""Two layers that share one weight: it counts once.

Parameters: 890. Dense: no.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 8, 5, stride=2)
        self.one = nn.Conv2d(8, 8, 3, padding=1)
        self.two = nn.Conv2d(8, 8, 3, padding=1)
        self.two.weight = self.one.weight
        self.head = nn.Conv2d(8, 10, 1)

    def forward(self, x):
        x = self.stem(x).tanh()
        x = self.two(self.one(x).tanh()).tanh()
        return self.head(x).mean(3).mean(2)
