"""Functional calls throughout, log-softmax at the end.

Parameters: 850. Dense: no.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.conv1 = nn.Conv2d(1, 6, 3, padding=1)
        self.conv2 = nn.Conv2d(6, 12, 3)
        self.conv3 = nn.Conv2d(12, 10, 1)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2, 2)
        x = self.conv3(x)
        x = F.avg_pool2d(x, kernel_size=6)
        x = x.view(-1, 10)
        return F.log_softmax(x, dim=1)
