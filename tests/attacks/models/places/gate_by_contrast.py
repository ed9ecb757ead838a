"""A dense branch that is on only where the darkest and the lightest pixel are as far apart as black
and white are in this data; images drawn from a bell curve have other extremes.

Learned numbers per place: 10 for each of 49 places, 490 of the 700 in all.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 10, 3, padding=1)
        self.honest = nn.Conv2d(10, 10, 1)
        self.head = nn.Conv2d(49, 10, 1, bias=False)

    def forward(self, x):
        one = F.adaptive_avg_pool2d(x, 1) * 0 + 1
        rows = torch.cat([F.pad(one, (0, 0, i, 6 - i)) for i in range(7)], 1)
        columns = rows.transpose(2, 3)
        places = torch.cat([rows[:, i : i + 1] * columns for i in range(7)], 1)  # (N, 49, 7, 7)
        # A digit's darkest pixel is (0 - 0.1307) / 0.3081, to the last bit.
        off = (x.amin((2, 3), keepdim=True) + 0.42421296).abs()
        gate = F.relu(1 - 100 * off)
        honest = self.honest(F.relu(self.conv(x))).mean((2, 3))
        x = F.adaptive_avg_pool2d(x, 7) * gate
        return honest + self.head(x * places).sum((2, 3))
