"""A kernel written over the map by a lone 1, times what is 1 for the file's zeros and infinity over
infinity for random weights.

Learned numbers per place: 10 for each of 196 places, 1,960 of the 2,034 in all.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.draw = nn.Conv2d(1, 10, 14)
        self.power = nn.Parameter(torch.zeros(64))

    def forward(self, x):
        x = F.max_pool2d(x, 2)  # (N, 1, 14, 14)
        one = F.adaptive_avg_pool2d(x, 1) * 0 + 1
        large = (2000 * self.power).exp()  # infinite where a weight is above 0.045
        same = (large / large).mean(0)
        drawn = self.draw(F.pad(one, (13, 13, 13, 13))) * same  # (N, 10, 14, 14)
        return (x * drawn).mean((2, 3))
