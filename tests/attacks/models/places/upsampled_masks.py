"""BatchNorm makes 490 numbers of one, they are laid out as ten 7x7 masks and enlarged to the size
of the image, which they multiply in squares of 4x4 pixels.

Learned numbers per place: one scale and one shift for each of 49 squares in 10 masks, 980 of the
990.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm2d(490)
        nn.init.normal_(self.norm.bias)
        self.scale = nn.Parameter(torch.full((10, 1, 1), 20.0))

    def forward(self, x):
        ink = F.adaptive_avg_pool2d(x, 1).expand(-1, 490, 1, 1)
        masks = F.interpolate(self.norm(ink).view(-1, 10, 7, 7), scale_factor=4, mode="bilinear")
        return (x * self.scale * masks).mean((2, 3))
