"""How alike a map is to its mirror images: products of a map and itself flipped, averaged.

Fair: the products have no learned number; what is learned is which channels to compare and how
much symmetry says.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 12, 3), nn.BatchNorm2d(12), nn.ReLU())
        self.conv2 = nn.Sequential(nn.Conv2d(12, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        self.conv3 = nn.Sequential(nn.Conv2d(16, 20, 3), nn.BatchNorm2d(20), nn.ReLU())
        self.norm = nn.BatchNorm2d(80)
        self.head = nn.Conv2d(80, 10, 1)

    def forward(self, x):
        x = self.conv3(self.conv2(F.max_pool2d(self.conv1(x), 2)))
        alike = [x, x * x.flip(3), x * x.flip(2), x * x.flip(2, 3)]
        pooled = torch.cat([y.mean((2, 3), keepdim=True) for y in alike], 1)
        return self.head(self.norm(pooled)).flatten(1)
