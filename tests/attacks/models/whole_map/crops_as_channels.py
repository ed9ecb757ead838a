"""Four quarters of an 8x8 map, cut out and joined as channels in a frame of zeros: a 4x4 kernel
over them has a number for each place of the map.

Learned numbers: 6 channels x 64 x 10, 3,840 of the 3,910 in all.

Expect: fails no-dense by strict
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 6, 3, padding=1)
        self.head = nn.Conv2d(24, 10, 4, stride=4)

    def forward(self, x):
        x = F.adaptive_avg_pool2d(F.relu(self.conv(x)), 8)  # (N, 6, 8, 8)
        quarters = [x[:, :, i : i + 4, j : j + 4] for i in (0, 4) for j in (0, 4)]
        x = F.pad(torch.cat(quarters, 1), (0, 4, 0, 4))  # (N, 24, 8, 8)
        return self.head(x).sum((2, 3))
