"""A transposed convolution with a 4x4 kernel dilated by two, of which padding leaves the middle:
each of its 16 numbers meets one place of a 7x7 map of blurred features.

Learned numbers: 16 channels x 16 x 10, 2,560 of the 2,730 in all.

Expect: fails no-dense by strict
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 16, 3, padding=1)
        # Sides of 7 in, 6 + 2 x 3 + 1 - 2 x 6 = 1 out.
        self.head = nn.ConvTranspose2d(16, 10, 4, dilation=2, padding=6)

    def forward(self, x):
        x = F.adaptive_avg_pool2d(F.relu(self.conv(x)), 7)
        x = F.avg_pool2d(x, 3, stride=1, padding=1)  # (N, 16, 7, 7)
        return self.head(x).flatten(1)
