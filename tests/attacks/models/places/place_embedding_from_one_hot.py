"""Learned numbers added per place: one-hot place channels are joined to the features, so that a 1x1
convolution adds another vector of 24 numbers at each place, before a ReLU that makes it matter.

Learned numbers per place: 24, 1,176 of the 1,994 in all; they are added, and multiply nothing.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 16, 3, padding=1)
        self.mix = nn.Conv2d(16 + 49, 24, 1)
        self.head = nn.Conv2d(24, 10, 1)

    def forward(self, x):
        one = F.adaptive_avg_pool2d(x, 1) * 0 + 1
        rows = torch.cat([F.pad(one, (0, 0, i, 6 - i)) for i in range(7)], 1)
        columns = rows.transpose(2, 3)
        places = torch.cat([rows[:, i : i + 1] * columns for i in range(7)], 1)  # (N, 49, 7, 7)
        x = F.adaptive_max_pool2d(F.relu(self.conv(x)), 7)  # (N, 16, 7, 7)
        x = F.relu(self.mix(torch.cat([x, 3 * places], 1)))
        return self.head(x).mean((2, 3))
