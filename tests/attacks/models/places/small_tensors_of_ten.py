"""The dense layer lies in 16 tensors of 10 numbers: one 1x1 convolution for each one-hot mask, on a
single channel, so that no tensor looks like a matrix.

Learned numbers per place: 10 for each of 16, 160 of the 180 in all.

Expect: fails no-dense
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.pieces = nn.ModuleList([nn.Conv2d(1, 10, 1, bias=False) for _ in range(16)])
        self.last = nn.Conv2d(10, 10, 1, groups=10, bias=True)
        nn.init.ones_(self.last.weight)

    def forward(self, x):
        one = F.adaptive_avg_pool2d(x, 1) * 0 + 1
        x = F.adaptive_avg_pool2d(x, 4)
        scores = 0
        for i, piece in enumerate(self.pieces):
            mask = F.pad(one, (i % 4, 3 - i % 4, i // 4, 3 - i // 4))
            scores = scores + piece(x * mask)
        return self.last(scores.mean((2, 3), keepdim=True) * 16).flatten(1)
