"""Two inception blocks: kernels of one, three and five and a pool, side by side.

Fair: every branch slides over the map, whatever the size of its kernel.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Inception(nn.Module):
    def __init__(self, inputs):
        super().__init__()
        self.one = nn.Conv2d(inputs, 6, 1)
        self.three = nn.Sequential(nn.Conv2d(inputs, 4, 1), nn.Conv2d(4, 8, 3, padding=1))
        self.five = nn.Sequential(nn.Conv2d(inputs, 4, 1), nn.Conv2d(4, 6, 5, padding=2))
        self.pooled = nn.Conv2d(inputs, 4, 1)
        self.norm = nn.BatchNorm2d(24)

    def forward(self, x):
        pooled = self.pooled(F.max_pool2d(x, 3, stride=1, padding=1))
        x = torch.cat([self.one(x), self.three(x), self.five(x), pooled], 1)
        return F.relu(self.norm(x))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 12, 3)
        self.first, self.second, self.third = Inception(12), Inception(24), Inception(24)
        self.head = nn.Conv2d(24, 10, 1)

    def forward(self, x):
        x = F.max_pool2d(self.first(self.stem(x)), 2)
        x = self.third(F.max_pool2d(self.second(x), 2))
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
