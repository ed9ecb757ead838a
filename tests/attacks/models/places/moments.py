"""A dense layer in a basis of polynomials: 49 products of Chebyshev polynomials of the row and the
column weigh the image, and a 1x1 convolution reads the 49 moments of each of 5 maps.

Learned numbers: 5 channels x 49 moments x 10 scores, 2,450 of the 2,510 in all, each at all places.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 5, 3, padding=1)
        self.heads = nn.ModuleList([nn.Conv2d(49, 10, 1, bias=i == 0) for i in range(5)])

    def forward(self, x):
        one = F.adaptive_avg_pool2d(x, 1) * 0 + 1
        ends = torch.cat([-one, one], 3)
        ramp = F.interpolate(ends, (1, 7), mode="bilinear", align_corners=True)  # -1 … 1
        across = [one.expand(-1, 1, 1, 7), ramp]
        for _ in range(5):  # each from the two before
            across.append(2 * ramp * across[-1] - across[-2])
        across = torch.cat(across, 1)  # (N, 7, 1, 7)
        down = across.transpose(2, 3)
        patterns = torch.cat([down[:, i : i + 1] * across for i in range(7)], 1)  # (N, 49, 7, 7)
        x = F.adaptive_avg_pool2d(F.relu(self.conv(x)), 7)
        scores = [head(x[:, i : i + 1] * patterns) for i, head in enumerate(self.heads)]
        return sum(scores).mean((2, 3)) * 5
