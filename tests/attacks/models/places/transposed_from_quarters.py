"""A transposed convolution writes its 14x14 kernel into each quarter of the image, out of a 2x2 map
that says where the ink is; multiplied with the image and summed, that is a dense layer on quarters.

Learned numbers per place: 10, the same ones at 4 of 784 pixels: 1,960 of the 1,970 in all.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.draw = nn.ConvTranspose2d(1, 10, 14, stride=14, bias=False)
        self.bias = nn.Parameter(torch.zeros(10))

    def forward(self, x):
        quarters = torch.sigmoid(F.adaptive_avg_pool2d(x, 2))  # (N, 1, 2, 2)
        return (x * self.draw(quarters)).mean((2, 3)) * 20 + self.bias
