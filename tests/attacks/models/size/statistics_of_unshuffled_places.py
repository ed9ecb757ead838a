"""Places become channels by pixel_unshuffle, so BatchNorm2d keeps two numbers for each of 784.

Expect: counts 1568
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.places = nn.BatchNorm2d(784, affine=False)
        self.conv = nn.Conv2d(1, 8, 5, stride=2)
        self.head = nn.Conv2d(8, 10, 1)

    def forward(self, x):
        x = F.pixel_shuffle(self.places(F.pixel_unshuffle(x, 28)), 28)
        return self.head(self.conv(x).relu().mean((2, 3), keepdim=True)).flatten(1)
