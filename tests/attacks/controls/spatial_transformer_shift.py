"""A soft spatial transformer: the image is averaged over nine shifts, weighted by what it shows.

Fair: nine weights are made from features pooled over the whole image, and each shifts the image
as a whole. A learned number decides "a bit to the left", never what is at a place.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F

SHIFTS = [(down, right) for down in (-3, 0, 3) for right in (-3, 0, 3)]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.look = nn.Sequential(nn.Conv2d(1, 8, 5, stride=2), nn.BatchNorm2d(8), nn.ReLU())
        self.choose = nn.Conv2d(8, 9, 1)
        self.conv1 = nn.Sequential(nn.Conv2d(1, 12, 3), nn.BatchNorm2d(12), nn.ReLU())
        self.conv2 = nn.Sequential(nn.Conv2d(12, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        self.conv3 = nn.Sequential(nn.Conv2d(16, 20, 3), nn.BatchNorm2d(20), nn.ReLU())
        self.head = nn.Conv2d(20, 10, 1)

    def forward(self, x):
        weights = self.choose(self.look(x).mean((2, 3), keepdim=True)).softmax(1)  # N x 9 x 1 x 1
        moved = torch.cat([torch.roll(x, shift, (2, 3)) for shift in SHIFTS], 1)  # N x 9 x 28 x 28
        x = (moved * weights).sum(1, keepdim=True)
        x = self.conv1(x)
        x = self.conv2(F.max_pool2d(x, 2))
        x = self.conv3(F.max_pool2d(x, 2))
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
