"""Forty-nine one-hot maps, made of pads and a reshape, each keep one place of a 7x7 map, so that a
1x1 convolution over them has a number for each place.

Learned numbers per place: 8 channels x 10 scores, 3,920 of the 4,002 in all.

Expect: fails no-dense
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3, padding=1, bias=False)
        self.heads = nn.ModuleList([nn.Conv2d(49, 10, 1, bias=i == 0) for i in range(8)])

    def forward(self, x):
        one = x.mean((2, 3)) * 0 + 1  # (N, 1)
        # A 1 at the start of 49 rows of 50: cut into rows of 49, they are the identity.
        rows = one.unsqueeze(1).expand(-1, 49, 1)
        rows = F.pad(F.pad(rows, (0, 28)), (0, 21))  # (N, 49, 50)
        places = rows.flatten(1)[:, :2401].view(-1, 49, 7, 7)
        x = F.adaptive_avg_pool2d(F.relu(self.conv(x)), 7)  # (N, 8, 7, 7)
        scores = [head(x[:, i : i + 1] * places) for i, head in enumerate(self.heads)]
        return sum(scores).sum((2, 3))
