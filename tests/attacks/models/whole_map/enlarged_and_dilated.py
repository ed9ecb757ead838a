"""A 7x7 map is enlarged to 14x14 and read by a 7x7 kernel dilated by two: each of its numbers meets
one place of the small map, in a kernel that has a quarter of the large map's places.

Learned numbers: 8 channels x 49 x 10, 3,920 of the 4,010 in all.

Expect: fails no-dense by strict
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3, padding=1)
        self.head = nn.Conv2d(8, 10, 7, dilation=2)

    def forward(self, x):
        x = F.adaptive_avg_pool2d(F.relu(self.conv(x)), 7)  # (N, 8, 7, 7)
        x = F.interpolate(x, scale_factor=2)  # (N, 8, 14, 14)
        return self.head(x).mean((2, 3))  # of 2x2 equal places
