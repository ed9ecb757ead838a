"""Four moments of each channel are pooled: mean, deviation, skewness and the largest value.

Fair: moments are sums over all places.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 12, 3), nn.BatchNorm2d(12), nn.ReLU())
        self.conv2 = nn.Sequential(nn.Conv2d(12, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        self.conv3 = nn.Sequential(nn.Conv2d(16, 20, 3), nn.BatchNorm2d(20), nn.SiLU())
        self.head = nn.Conv2d(80, 10, 1)

    def forward(self, x):
        x = self.conv3(self.conv2(F.max_pool2d(self.conv1(x), 2)))
        mean = x.mean((2, 3), keepdim=True)
        spread = (x.var((2, 3), keepdim=True, unbiased=False) + 1e-4).sqrt()
        skew = ((x - mean) / spread).pow(3).mean((2, 3), keepdim=True)
        most = x.amax((2, 3), keepdim=True)
        return self.head(torch.cat([mean, spread, skew, most], 1)).flatten(1)
