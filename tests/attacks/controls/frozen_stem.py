"""The first layer stays as it began: its kernels are frozen, its norm is not.

Fair: an edge detector need not be learned to slide over the whole image.
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3)
        self.conv1.requires_grad_(False)
        self.norm1 = nn.BatchNorm2d(16)
        self.conv2 = nn.Sequential(nn.Conv2d(16, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        self.conv3 = nn.Sequential(nn.Conv2d(16, 24, 3), nn.BatchNorm2d(24), nn.ReLU())
        self.head = nn.Conv2d(24, 10, 1)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.norm1(self.conv1(x))), 2)
        x = self.conv3(self.conv2(x))
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
