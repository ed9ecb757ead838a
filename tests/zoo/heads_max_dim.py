"""Global maximum by two max(dim)[0] and a log-softmax layer.

Parameters: 260. Dense: no.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 10, 5)
        self.out = nn.LogSoftmax(dim=1)

    def forward(self, x):
        x = self.conv(x)
        x = x.max(dim=3)[0].max(dim=2).values
        return self.out(x)
