"""One place of the map is kept by a mask, after 25 rolled copies were each weighed by a convolution
of their own and added up: at that place, every copy shows another place of the image.

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
        self.turns = nn.ModuleList([nn.Conv2d(4, 10, 1, bias=i == 0) for i in range(25)])

    def forward(self, x):
        corner = F.pad(F.adaptive_avg_pool2d(x, 1) * 0 + 1, (0, 4, 0, 4))  # (N, 1, 5, 5)
        x = F.adaptive_avg_pool2d(F.relu(self.conv(x)), 5)  # (N, 4, 5, 5)
        total = 0
        for i, turn in enumerate(self.turns):
            total = total + turn(torch.roll(x, (i // 5, i % 5), (2, 3)))
        return (total * corner).sum((2, 3))
