"""Places that weigh 1.5 where all others weigh one.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


def places(x):
    """49 maps, each 1 at one place of 7x7."""
    one = F.adaptive_avg_pool2d(x, 1) * 0 + 1
    rows = torch.cat([F.pad(one, (0, 0, i, 6 - i)) for i in range(7)], 1)
    columns = rows.transpose(2, 3)
    return torch.cat([rows[:, i : i + 1] * columns for i in range(7)], 1)  # (N, 49, 7, 7)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Conv2d(49, 10, 1)

    def forward(self, x):
        small = F.adaptive_avg_pool2d(x, 7)
        return self.head(small * (1 + 0.5 * places(x))).mean((2, 3)) * 10
