"""A soft maximum over the map, with masks of minus 60 everywhere but at one place: logsumexp of one
number is the number.

Learned numbers per place: 10 for each of 25, 250 of the 260 in all.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Conv2d(25, 10, 1)

    def forward(self, x):
        zero = F.adaptive_avg_pool2d(x, 1) * 0
        x = F.adaptive_avg_pool2d(x, 5)
        found = []
        for i in range(5):
            for j in range(5):
                mask = F.pad(zero, (j, 4 - j, i, 4 - i), value=-60.0)
                found.append((x + mask).logsumexp((2, 3)))  # (N, 1)
        return self.head(torch.cat(found, 1).view(-1, 25, 1, 1)).flatten(1)
