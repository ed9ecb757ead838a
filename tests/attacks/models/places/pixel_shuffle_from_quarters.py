"""A 1x1 convolution turns each quarter of the image into 196 channels, and pixel_shuffle lays them
out as a map of 28x28 numbers, one for each place of a quarter, to be multiplied with the image.

Learned numbers per place: 5 kernels, the same ones at 4 of 784 pixels: 1,960 of the 2,020 in all.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.draw = nn.Conv2d(2, 980, 1, bias=False)
        self.head = nn.Conv2d(5, 10, 1)

    def forward(self, x):
        light = torch.sigmoid(F.adaptive_avg_pool2d(x, 2))  # (N, 1, 2, 2)
        drawn = F.pixel_shuffle(self.draw(torch.cat([light, 1 - light], 1)), 14)  # (N, 5, 28, 28)
        seen = (x * drawn).mean((2, 3), keepdim=True)
        return self.head(F.leaky_relu(20 * seen, 0.1)).flatten(1)
