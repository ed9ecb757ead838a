"""One learned 5x5 kernel per channel, used as itself and turned by 90, 180 and 270 degrees.

Fair: a turned copy has the same numbers in another order and slides over the whole image as the
first does; they are counted once since they are stored once.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.kernel = nn.Parameter(torch.randn(6, 1, 5, 5) * 0.2)
        self.norm1 = nn.BatchNorm2d(24)
        self.conv2 = nn.Conv2d(24, 16, 3)
        self.norm2 = nn.BatchNorm2d(16)
        self.conv3 = nn.Conv2d(16, 20, 3)
        self.norm3 = nn.BatchNorm2d(20)
        self.head = nn.Conv2d(20, 10, 1)

    def forward(self, x):
        # A quarter turn is a transposition and a mirror image.
        quarter = self.kernel.transpose(2, 3).flip(2)
        half = self.kernel.flip(2, 3)
        three = quarter.flip(2, 3)
        x = torch.cat([F.conv2d(x, k) for k in (self.kernel, quarter, half, three)], 1)
        x = F.max_pool2d(F.relu(self.norm1(x)), 2)
        x = F.max_pool2d(F.relu(self.norm2(self.conv2(x))), 2)
        x = F.relu(self.norm3(self.conv3(x)))
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
