"""A layer whose kernels are not shared: 98 kernels slide over the image in steps as large as they
are, and a one-hot mask keeps each at a single step. Then the places are read one by one.

Learned numbers per place: 2 kernels of 4x4, and 20 for their results, 2,548 of the 2,656 in all.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 98, 4, stride=4)
        self.head = nn.Conv2d(98, 10, 1)

    def forward(self, x):
        one = F.adaptive_avg_pool2d(x, 1) * 0 + 1
        rows = torch.cat([F.pad(one, (0, 0, i, 6 - i)) for i in range(7)], 1)
        columns = rows.transpose(2, 3)
        places = torch.cat([rows[:, i : i + 1] * columns for i in range(7)] * 2, 1)  # (N, 98, 7, 7)
        x = F.relu(self.conv(x)) * places
        return self.head(x).sum((2, 3))
