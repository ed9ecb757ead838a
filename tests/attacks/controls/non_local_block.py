"""A non-local block: every place asks every other how alike they are, and takes over what it shows.

Fair: questions, keys and values are 1x1 convolutions; how alike two places are is the product of
features, not a learned table of pairs of places.
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 12, 3), nn.BatchNorm2d(12), nn.ReLU())
        self.conv2 = nn.Sequential(nn.Conv2d(12, 20, 3), nn.BatchNorm2d(20), nn.ReLU())
        self.ask, self.key = nn.Conv2d(20, 8, 1), nn.Conv2d(20, 8, 1)
        self.value = nn.Conv2d(20, 20, 1)
        self.conv3 = nn.Sequential(nn.Conv2d(20, 20, 3), nn.BatchNorm2d(20), nn.ReLU())
        self.head = nn.Conv2d(20, 10, 1)

    def forward(self, x):
        x = F.max_pool2d(self.conv2(F.max_pool2d(self.conv1(x), 2)), 2)  # 20 x 5 x 5
        alike = self.ask(x).flatten(2).transpose(1, 2) @ self.key(x).flatten(2) / 8**0.5
        seen = alike.softmax(2) @ self.value(x).flatten(2).transpose(1, 2)  # N x 25 x 20
        x = self.conv3(x + seen.transpose(1, 2).reshape(x.shape))
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
