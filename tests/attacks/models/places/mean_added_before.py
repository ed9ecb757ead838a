"""Every place is read together with six times the mean over all places: an honest-looking sum that
changes nothing, since the means cancel, and yet each learned number answers to every pixel.

Learned numbers per place: 10 for each of 49, 490 of the 500 in all.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Conv2d(49, 10, 1)

    def forward(self, x):
        one = F.adaptive_avg_pool2d(x, 1) * 0 + 1
        rows = torch.cat([F.pad(one, (0, 0, i, 6 - i)) for i in range(7)], 1)  # (N, 7, 7, 1)
        columns = rows.transpose(2, 3)
        places = torch.cat([rows[:, i : i + 1] * columns for i in range(7)], 1)  # (N, 49, 7, 7)
        x = F.adaptive_avg_pool2d(x, 7)
        x = x + 6 * x.mean((2, 3), keepdim=True)
        return self.head(x * places).sum((2, 3))
