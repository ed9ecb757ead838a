"""ECA: a kernel of three slides along the pooled channels, to say how much each of them counts.

Fair: after global pooling there are no places left; the kernel slides over channels instead.
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 12, 3), nn.BatchNorm2d(12), nn.ReLU())
        self.conv2 = nn.Sequential(nn.Conv2d(12, 20, 3), nn.BatchNorm2d(20), nn.ReLU())
        self.slide = nn.Conv2d(1, 1, (3, 1), padding=(1, 0), bias=False)
        self.conv3 = nn.Sequential(nn.Conv2d(20, 24, 3), nn.BatchNorm2d(24), nn.ReLU())
        self.head = nn.Conv2d(24, 10, 1)

    def forward(self, x):
        x = self.conv2(F.max_pool2d(self.conv1(x), 2))
        pooled = x.mean((2, 3), keepdim=True).transpose(1, 2)  # N x 1 x 20 x 1
        x = x * self.slide(pooled).transpose(1, 2).sigmoid()
        return self.head(self.conv3(x).mean((2, 3), keepdim=True)).flatten(1)
