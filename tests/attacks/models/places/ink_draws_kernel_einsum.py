"""A kernel written over the map by the image's own ink, as in ink_draws_kernel.py, meets a map of
features in an einsum, and the ink is divided out again.

Learned numbers per place: 4 channels x 10 scores at each of 49 places, 1,960 of the 2,010 in all.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, padding=1)
        self.draw = nn.Conv2d(1, 40, 7, bias=False)
        self.bias = nn.Parameter(torch.zeros(10))

    def forward(self, x):
        ink = F.adaptive_avg_pool2d(x.abs(), 1)  # (N, 1, 1, 1)
        drawn = self.draw(F.pad(ink, (6, 6, 6, 6))).view(-1, 10, 4, 7, 7)
        x = F.adaptive_avg_pool2d(F.relu(self.conv(x)), 7)  # (N, 4, 7, 7)
        return torch.einsum("nchw,nochw->no", x, drawn) / ink.flatten(1) + self.bias
