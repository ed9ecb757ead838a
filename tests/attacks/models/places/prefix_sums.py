"""A dense layer in a basis of growing rectangles: the sum of all places above and left of one, for
each of 49. Neighbouring sums differ by a row or a column, so any numbers for places can be reached.

Learned numbers: 10 for each of 49 rectangles, 490 of the 500 in all; a rectangle has 16 places in
the mean.

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
        one = F.adaptive_avg_pool2d(x, 1) * 0 + 1  # (N, 1, 1, 1)
        steps = torch.cat(
            [F.pad(one.expand(-1, 1, 1, i + 1), (0, 6 - i)) for i in range(7)], 1
        )  # (N, 7, 1, 7): 1000000, 1100000, 1110000 …
        down = steps.transpose(2, 3)
        corners = torch.cat([down[:, i : i + 1] * steps for i in range(7)], 1)  # (N, 49, 7, 7)
        x = F.adaptive_avg_pool2d(x, 7)
        return self.head(x * corners).sum((2, 3)) / 7
