"""An 8x8 map becomes four channels of 4x4 by pixel_unshuffle, in a frame of 6x6: a 4x4 kernel there
has 64 numbers a channel, one for each place of the map.

Learned numbers: 6 channels x 64 x 10, 3,840 of the 3,910 in all.

Expect: fails no-dense by strict
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 6, 3, padding=1)
        self.head = nn.Conv2d(24, 10, 4)

    def forward(self, x):
        x = F.adaptive_avg_pool2d(F.relu(self.conv(x)), 8)  # (N, 6, 8, 8)
        x = F.pad(F.pixel_unshuffle(x, 2), (0, 2, 0, 2))  # (N, 24, 6, 6)
        return F.interpolate(self.head(x), (1, 1)).flatten(1)
