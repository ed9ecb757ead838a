"""Softmax pooling: each channel is averaged over places with weights that grow with the channel.

Fair: a learned sharpness for each channel says how much a strong place counts, wherever it is.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 12, 3), nn.BatchNorm2d(12), nn.ReLU())
        self.conv2 = nn.Sequential(nn.Conv2d(12, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        self.conv3 = nn.Sequential(nn.Conv2d(16, 20, 3), nn.BatchNorm2d(20))
        self.sharpness = nn.Parameter(torch.ones(20, 1))
        self.head = nn.Conv2d(20, 10, 1)

    def forward(self, x):
        x = self.conv3(self.conv2(F.max_pool2d(self.conv1(x), 2))).flatten(2)  # N x 20 x 81
        weights = (x * self.sharpness).softmax(2)
        return self.head((x * weights).sum(2)[:, :, None, None]).flatten(1)
