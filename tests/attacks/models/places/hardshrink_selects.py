"""A hundred is added at one place and hardshrink takes away all that is below fifty: the place's
own number is left, once the hundred is taken off again.

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
        one = F.adaptive_avg_pool2d(x, 1) * 0 + 1
        x = F.adaptive_avg_pool2d(x, 5)
        rows = torch.cat([F.pad(one, (0, 0, i, 4 - i)) for i in range(5)], 1)  # (N, 5, 5, 1)
        columns = 100 * rows.transpose(2, 3)
        walls = torch.cat([rows[:, i : i + 1] * columns for i in range(5)], 1)  # (N, 25, 5, 5)
        kept = F.hardshrink(x + walls, 50.0) - walls
        return self.head(kept).sum((2, 3))
