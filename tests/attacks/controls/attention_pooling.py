"""The places of the last map are averaged with weights that a 1x1 convolution reads from each.

Fair: what is learned is how to tell an interesting place by its features. The same twenty-four
numbers look at all 121 places; where they look is decided by the image.
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 10, 3), nn.BatchNorm2d(10), nn.ReLU())
        self.conv2 = nn.Sequential(nn.Conv2d(10, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        self.conv3 = nn.Sequential(nn.Conv2d(16, 24, 3), nn.BatchNorm2d(24), nn.ReLU())
        self.look = nn.Conv2d(24, 1, 1)
        self.head = nn.Conv2d(24, 10, 1)

    def forward(self, x):
        x = self.conv2(F.max_pool2d(self.conv1(x), 2))
        x = self.conv3(x)  # 24 x 9 x 9
        weight = self.look(x).flatten(2).softmax(2)  # N x 1 x 81: sums to one
        pooled = (x.flatten(2) * weight).sum(2)  # N x 24
        return self.head(pooled[:, :, None, None]).flatten(1)
