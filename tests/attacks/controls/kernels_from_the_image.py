"""A small hypernetwork: the pooled image says how strongly each channel of a layer is used.

Fair: what is made for each image is one factor per channel, the same at every place of the map.
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 12, 3), nn.BatchNorm2d(12), nn.ReLU())
        self.make = nn.Sequential(nn.Conv2d(12, 8, 1), nn.ReLU(), nn.Conv2d(8, 40, 1))
        self.conv2 = nn.Conv2d(12, 20, 3, bias=False)
        self.norm2 = nn.BatchNorm2d(20, affine=False)
        self.conv3 = nn.Sequential(nn.Conv2d(20, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        self.head = nn.Conv2d(16, 10, 1)

    def forward(self, x):
        x = self.conv1(x)
        # A scale and a shift for each of twenty channels, out of what the image holds as a whole.
        scale, shift = self.make(x.mean((2, 3), keepdim=True)).chunk(2, 1)
        x = self.norm2(self.conv2(F.max_pool2d(x, 2)))
        x = F.relu(x * (1 + scale) + shift)
        x = self.conv3(x)
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
