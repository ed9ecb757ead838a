"""Channels taken apart by chunk and split, put together by cat and stack.

Parameters: 728. Dense: no.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 12, 3, stride=2)
        self.a = nn.Conv2d(6, 6, 3, padding=1)
        self.b = nn.Conv2d(4, 4, 3, padding=1)
        self.head = nn.Conv2d(12, 10, 1)

    def forward(self, x):
        x = self.stem(x)
        left, right = x.chunk(2, dim=1)
        x = torch.cat([self.a(left), right], 1)
        p, q, r = torch.split(x, 4, 1)
        x = torch.cat([p, self.b(q), r], dim=1)
        x = torch.stack([x, F.relu(x)]).sum(0) if False else torch.stack([x, F.relu(x)], -1).sum(-1)
        x, y = torch.unbind(torch.stack([x, x * x], 1), 1)
        return self.head(x - y).mean((2, 3))
