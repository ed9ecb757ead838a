"""Local contrast: each pixel less its neighbourhood's mean, divided by the neighbourhood's spread.

Fair: the neighbourhood is a plain 7x7 average, without a learned number.
"""

import torch.nn as nn
import torch.nn.functional as F


def contrast(x):
    mean = F.avg_pool2d(x, 7, stride=1, padding=3, count_include_pad=False)
    spread = F.avg_pool2d((x - mean).square(), 7, stride=1, padding=3, count_include_pad=False)
    return (x - mean) / (spread + 0.1).sqrt()


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 12, 3), nn.BatchNorm2d(12), nn.ReLU())
        self.conv2 = nn.Sequential(nn.Conv2d(12, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        self.conv3 = nn.Sequential(nn.Conv2d(16, 24, 3), nn.BatchNorm2d(24), nn.ReLU())
        self.head = nn.Conv2d(24, 10, 1)

    def forward(self, x):
        x = self.conv2(F.max_pool2d(self.conv1(contrast(x)), 2))
        x = self.conv3(F.max_pool2d(x, 2))
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
