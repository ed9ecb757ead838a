"""Involution: each place makes its own 3x3 kernel of its features, shared by a group of channels.

Fair: kernels come from the image. What is learned is the 1x1 convolution that makes them, the
same for every place.
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 12, 3), nn.BatchNorm2d(12), nn.ReLU())
        self.conv2 = nn.Sequential(nn.Conv2d(12, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        self.make = nn.Sequential(nn.Conv2d(16, 8, 1), nn.ReLU(), nn.Conv2d(8, 18, 1))
        self.norm = nn.BatchNorm2d(16)
        self.conv3 = nn.Sequential(nn.Conv2d(16, 24, 3), nn.BatchNorm2d(24), nn.ReLU())
        self.head = nn.Conv2d(24, 10, 1)

    def involve(self, x):
        kernels = self.make(x).reshape(-1, 2, 1, 9, 11, 11)  # for two groups of channels
        around = F.pad(x, (1, 1, 1, 1)).reshape(-1, 2, 8, 13, 13)
        moves = [(i, j) for i in range(3) for j in range(3)]
        total = 0
        for at, (i, j) in enumerate(moves):
            total = total + kernels[:, :, :, at] * around[..., i : i + 11, j : j + 11]
        return total.reshape(-1, 16, 11, 11)

    def forward(self, x):
        x = self.conv2(F.max_pool2d(self.conv1(x), 2))
        x = F.relu(x + self.norm(self.involve(x)))
        return self.head(self.conv3(x).mean((2, 3), keepdim=True)).flatten(1)
