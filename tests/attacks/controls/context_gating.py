"""The whole map's mean is written beside every place, so that a place knows what the digit is like.

Fair: what is written is the same at each place, and the kernel that reads it is too.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 12, 3), nn.BatchNorm2d(12), nn.ReLU())
        self.conv2 = nn.Sequential(nn.Conv2d(12, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        self.mix = nn.Sequential(nn.Conv2d(32, 20, 1), nn.BatchNorm2d(20), nn.ReLU())
        self.conv3 = nn.Sequential(nn.Conv2d(20, 20, 3), nn.BatchNorm2d(20), nn.ReLU())
        self.head = nn.Conv2d(20, 10, 1)

    def forward(self, x):
        x = self.conv2(F.max_pool2d(self.conv1(x), 2))
        context = x.mean((2, 3), keepdim=True).expand_as(x)
        x = self.conv3(self.mix(torch.cat([x, context], 1)))
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
