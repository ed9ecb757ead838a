"""The image and its mirror image are read by the same layers and meet before the head.

Fair: it happens alike in training and in evaluation, and every kernel slides over both.
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 12, 3), nn.BatchNorm2d(12), nn.ReLU())
        self.conv2 = nn.Sequential(nn.Conv2d(12, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        self.conv3 = nn.Sequential(nn.Conv2d(16, 24, 3), nn.BatchNorm2d(24), nn.ReLU())
        self.head = nn.Conv2d(24, 10, 1)

    def features(self, x):
        return self.conv3(self.conv2(F.max_pool2d(self.conv1(x), 2)))

    def forward(self, x):
        # A mirrored 2 is no 2: so the mirrored map is turned back and compared, not just averaged.
        there, back = self.features(x), self.features(x.flip(3)).flip(3)
        x = there + 0.5 * back
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
