"""Mathematical morphology: openings and closings of the image, joined to it as channels.

Fair: they are minima and maxima over neighbours, with no number of their own.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


def grow(x, side):
    return F.max_pool2d(x, side, stride=1, padding=side // 2)


def shrink(x, side):
    return -grow(-x, side)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(5, 12, 3), nn.BatchNorm2d(12), nn.ReLU())
        self.conv2 = nn.Sequential(nn.Conv2d(12, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        self.conv3 = nn.Sequential(nn.Conv2d(16, 24, 3), nn.BatchNorm2d(24), nn.ReLU())
        self.head = nn.Conv2d(24, 10, 1)

    def forward(self, x):
        kinds = [x, grow(x, 3) - shrink(x, 3)]
        kinds += [grow(shrink(x, 3), 3), shrink(grow(x, 3), 3), shrink(grow(x, 7), 7) - x]
        x = self.conv2(F.max_pool2d(self.conv1(torch.cat(kinds, 1)), 2))
        x = self.conv3(F.max_pool2d(x, 2))
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
