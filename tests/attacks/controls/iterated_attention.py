"""Attention in two looks: the second asks for places with a question that the first one answered.

Fair: a question is made of what was seen, and compared with the features of all places.
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 12, 3), nn.BatchNorm2d(12), nn.ReLU())
        self.conv2 = nn.Sequential(nn.Conv2d(12, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        self.conv3 = nn.Sequential(nn.Conv2d(16, 20, 3), nn.BatchNorm2d(20), nn.ReLU())
        self.key = nn.Conv2d(20, 12, 1)
        self.ask = nn.Conv2d(20, 12, 1)
        self.head = nn.Conv2d(20, 10, 1)

    def forward(self, x):
        x = self.conv3(self.conv2(F.max_pool2d(self.conv1(x), 2)))
        key, seen = self.key(x), x.mean((2, 3), keepdim=True)
        for _ in range(2):
            fit = (key * self.ask(seen)).sum(1, keepdim=True)  # N x 1 x 9 x 9
            weight = fit.flatten(2).softmax(2).reshape(fit.shape)
            seen = seen + (x * weight).sum((2, 3), keepdim=True)
        return self.head(seen).flatten(1)
