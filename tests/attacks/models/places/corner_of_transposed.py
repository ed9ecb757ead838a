"""Transposed convolutions with one number and a wide padding crop a map without slicing it: of the
rolled map only the corner is left, which a 1x1 convolution weighs.

Learned numbers per place: 4 channels x 10 scores, 1,000 of the 1,050 in all.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, padding=1)
        # A padding of 3 takes two rows and columns off each side: the middle one is left of 5.
        self.pieces = nn.ModuleList(
            [nn.ConvTranspose2d(4, 10, 1, padding=2, bias=i == 0) for i in range(25)]
        )

    def forward(self, x):
        x = F.adaptive_avg_pool2d(F.relu(self.conv(x)), 5)  # (N, 4, 5, 5)
        rolled = [torch.roll(x, (2 - i // 5, 2 - i % 5), (2, 3)) for i in range(25)]
        return sum(piece(map) for piece, map in zip(self.pieces, rolled)).flatten(1)
