"""A transposed convolution out of a 2x2 map of which three places are zero: a single kernel, with a
number for each of the 14x14 places of the pooled image.

Learned numbers per place: 10 for each of 196 places, 1,960 of the 1,970 in all.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.draw = nn.ConvTranspose2d(1, 10, 14, stride=14, bias=False)
        self.bias = nn.Parameter(torch.zeros(10, 1, 1))

    def forward(self, x):
        light = torch.sigmoid(F.adaptive_avg_pool2d(x, 2))  # (N, 1, 2, 2)
        corner = F.pad(F.adaptive_avg_pool2d(light, 1) * 0 + 1, (0, 1, 0, 1))  # 1 0 / 0 0
        drawn = self.draw(light * corner)  # (N, 10, 28, 28): the kernel, and three empty quarters
        x = F.pad(F.max_pool2d(x, 2), (0, 14, 0, 14))  # (N, 1, 28, 28), the digit in one quarter
        return ((x * drawn) + self.bias).mean((2, 3)) * 50
