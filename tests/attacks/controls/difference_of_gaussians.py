"""Blobs and edges by differences of blurs: averages of averages, subtracted from each other.

Fair: the blurs are plain average pools; nothing of them is learned or stored.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


def blur(x, side):
    for _ in range(2):  # two box averages in a row are nearly a Gaussian
        x = F.avg_pool2d(x, side, stride=1, padding=side // 2, count_include_pad=False)
    return x


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(4, 12, 3), nn.BatchNorm2d(12), nn.ReLU())
        self.conv2 = nn.Sequential(nn.Conv2d(12, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        self.conv3 = nn.Sequential(nn.Conv2d(16, 24, 3), nn.BatchNorm2d(24), nn.ReLU())
        self.head = nn.Conv2d(24, 10, 1)

    def forward(self, x):
        small, middle, large = blur(x, 3), blur(x, 5), blur(x, 7)
        x = self.conv1(torch.cat([x, x - small, small - middle, middle - large], 1))
        x = self.conv3(self.conv2(F.max_pool2d(x, 2)))
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
