"""The image is read four times, turned by quarters, by one network that also hears the angle.

Fair: all four readings share every kernel, and what is added for the angle is one bias for each
channel, the same all over the map.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 12, 3)
        self.angle = nn.ParameterList([nn.Parameter(torch.zeros(1, 12, 1, 1)) for _ in range(4)])
        self.conv2 = nn.Sequential(nn.Conv2d(12, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        self.conv3 = nn.Sequential(nn.Conv2d(16, 24, 3), nn.BatchNorm2d(24), nn.ReLU())
        self.head = nn.Conv2d(24, 10, 1)

    def forward(self, x):
        features = 0
        for angle in self.angle:
            y = F.max_pool2d(F.relu(self.conv1(x) + angle), 2)
            features = features + self.conv3(self.conv2(y)).amax((2, 3), keepdim=True)
            x = x.transpose(2, 3).flip(2)  # a quarter turn
        return self.head(features / 4).flatten(1)
