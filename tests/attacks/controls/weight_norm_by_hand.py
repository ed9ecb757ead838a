"""Weight normalisation written out: a direction and a length for each kernel, and no other norm.

Fair: the length is one number per output channel.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Normed(nn.Module):
    def __init__(self, inputs, outputs, side):
        super().__init__()
        self.direction = nn.Parameter(torch.randn(outputs, inputs, side, side))
        self.length = nn.Parameter(torch.ones(outputs, 1, 1, 1))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x):
        size = self.direction.square().sum((1, 2, 3), keepdim=True).sqrt()
        return F.conv2d(x, self.length * self.direction / size, self.bias)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2, self.conv3 = Normed(1, 12, 5), Normed(12, 16, 3), Normed(16, 24, 3)
        self.head = Normed(24, 10, 1)

    def forward(self, x):
        x = F.max_pool2d(F.leaky_relu(self.conv1(x), 0.1), 2)
        x = F.max_pool2d(F.leaky_relu(self.conv2(x), 0.1), 2)
        x = F.leaky_relu(self.conv3(x), 0.1)
        return self.head(x.amax((2, 3), keepdim=True)).flatten(1)
