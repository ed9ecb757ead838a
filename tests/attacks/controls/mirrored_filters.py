"""Every kernel of the first two layers is used together with its mirror image.

Fair: a mirrored kernel is the same numbers, read from the other side, sliding over every place.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Mirrored(nn.Conv2d):
    def forward(self, x):
        left = F.conv2d(x, self.weight, self.bias)
        return torch.cat([left, F.conv2d(x, self.weight.flip(3), self.bias)], 1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.norm1 = Mirrored(1, 6, 3), nn.BatchNorm2d(12)
        self.conv2, self.norm2 = Mirrored(12, 10, 3), nn.BatchNorm2d(20)
        self.conv3, self.norm3 = nn.Conv2d(20, 24, 3), nn.BatchNorm2d(24)
        self.head = nn.Conv2d(24, 10, 1)

    def forward(self, x):
        x = F.relu(self.norm1(self.conv1(x)))
        x = F.relu(self.norm2(self.conv2(F.max_pool2d(x, 2))))
        x = F.relu(self.norm3(self.conv3(x)))
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
