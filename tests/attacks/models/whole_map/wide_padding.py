"""A 7x7 kernel over a 7x7 map in a frame of 14x14, so that the kernel seems small; of its 64 places
the one that covers the whole map is kept by nearest resizing.

Learned numbers: 8 channels x 49 x 10, 3,920 of the 4,010 in all.

Expect: fails no-dense by strict
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3, padding=1)
        self.head = nn.Conv2d(8, 10, 7)

    def forward(self, x):
        x = F.adaptive_avg_pool2d(F.relu(self.conv(x)), 7)  # (N, 8, 7, 7)
        x = self.head(F.pad(x, (0, 7, 0, 7)))  # (N, 10, 8, 8)
        return F.interpolate(x, (1, 1)).flatten(1)  # the first place
