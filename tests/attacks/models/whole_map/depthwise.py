"""A depthwise kernel as large as the map with one pixel of padding, then a 1x1 convolution: 40
masks over the whole map.

Learned numbers: 40 masks of 49, 1,960 of the 2,810 in all.

Expect: fails no-dense by strict
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 40, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(40)
        self.masks = nn.Conv2d(40, 40, 7, groups=40, bias=False)
        self.head = nn.Conv2d(40, 10, 1)

    def forward(self, x):
        x = F.adaptive_avg_pool2d(F.relu(self.norm(self.conv(x))), 7)  # (N, 40, 7, 7)
        x = self.masks(F.pad(x, (0, 1, 0, 1)))  # (N, 40, 2, 2)
        return self.head(x.amax((2, 3), keepdim=True)).flatten(1)
