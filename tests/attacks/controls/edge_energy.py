"""Pairs of kernels, squared, added and rooted: the energy of an edge, wherever in the kernel it is.

Fair: it is the complex cell of the textbooks, sliding over the whole image.
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.real, self.imaginary = nn.Conv2d(1, 12, 7), nn.Conv2d(1, 12, 7)
        self.norm1 = nn.BatchNorm2d(12)
        self.conv2 = nn.Sequential(nn.Conv2d(12, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        self.conv3 = nn.Sequential(nn.Conv2d(16, 24, 3), nn.BatchNorm2d(24), nn.ReLU())
        self.head = nn.Conv2d(24, 10, 1)

    def forward(self, x):
        energy = (self.real(x).square() + self.imaginary(x).square() + 1e-3).sqrt()
        x = self.conv2(F.max_pool2d(self.norm1(energy), 2))  # 16 x 9 x 9
        x = self.conv3(x)
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
