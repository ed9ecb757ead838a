"""Strip pooling: rows and columns are averaged to strips, and kernels of three slide along them.

Fair: a strip is pooled by the image's own width, and the kernel's three numbers are the same all
along it.
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 12, 3), nn.BatchNorm2d(12), nn.ReLU())
        self.conv2 = nn.Sequential(nn.Conv2d(12, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        self.down = nn.Conv2d(16, 16, (3, 1), padding=(1, 0), groups=4)
        self.across = nn.Conv2d(16, 16, (1, 3), padding=(0, 1), groups=4)
        self.mix = nn.Conv2d(16, 16, 1)
        self.conv3 = nn.Sequential(nn.Conv2d(16, 24, 3), nn.BatchNorm2d(24), nn.ReLU())
        self.head = nn.Conv2d(24, 10, 1)

    def forward(self, x):
        x = self.conv2(F.max_pool2d(self.conv1(x), 2))
        strips = self.down(x.mean(3, keepdim=True)) + self.across(x.mean(2, keepdim=True))
        x = x * self.mix(F.relu(strips)).sigmoid()
        x = self.conv3(x)
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
