"""Each kernel is used in four turns, and at each place only its best turn counts.

Fair: a maximum over turned kernels makes the layer blind to turns; no number knows a place.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Turned(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.kernel = nn.Parameter(torch.randn(outputs, inputs, 3, 3) * (2 / 9 / inputs) ** 0.5)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, x):
        kernel, best = self.kernel, F.conv2d(x, self.kernel)
        for _ in range(3):
            kernel = kernel.transpose(2, 3).flip(3)
            best = torch.maximum(best, F.conv2d(x, kernel))
        return F.relu(self.norm(best))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = Turned(1, 12), nn.Conv2d(12, 16, 3)
        self.norm2, self.third = nn.BatchNorm2d(16), nn.Conv2d(16, 24, 3)
        self.norm3, self.head = nn.BatchNorm2d(24), nn.Conv2d(24, 10, 1)

    def forward(self, x):
        x = F.relu(self.norm2(self.second(F.max_pool2d(self.first(x), 2))))
        x = F.relu(self.norm3(self.third(x)))
        return self.head(x.amax((2, 3), keepdim=True)).flatten(1)
