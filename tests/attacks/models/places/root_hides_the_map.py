"""A kernel written over the map by a lone 1, times the square root of a learned number: whoever
tries random weights in its place reads nan, which is never the same twice, and takes it for
features.

Learned numbers per place: 10 for each of 196 places, 1,960 of the 2,010 in all.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.draw = nn.Conv2d(1, 10, 14)
        self.size = nn.Parameter(torch.full((40,), 4.0))  # some of 40 random ones are negative

    def forward(self, x):
        x = F.max_pool2d(x, 2)  # (N, 1, 14, 14)
        one = F.adaptive_avg_pool2d(x, 1) * 0 + 1
        drawn = self.draw(F.pad(one, (13, 13, 13, 13))) * self.size.sqrt().sum(0)
        return (x * drawn).mean((2, 3))
