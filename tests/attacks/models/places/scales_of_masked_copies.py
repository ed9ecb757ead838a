"""A learned scale for each of 160 channels, as layer scaling has: but the channels are 16 masked
copies of each of ten maps, and so each scale belongs to one place.

Learned numbers per place: 10 for each of 16, 160 of the 260 in all.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 10, 3, padding=1)
        self.scale = nn.Parameter(torch.randn(160, 1, 1))

    def forward(self, x):
        one = F.adaptive_avg_pool2d(x, 1) * 0 + 1
        rows = torch.cat([F.pad(one, (0, 0, i, 3 - i)) for i in range(4)], 1)
        columns = rows.transpose(2, 3)
        places = torch.cat([rows[:, i : i + 1] * columns for i in range(4)], 1)  # (N, 16, 4, 4)
        x = F.adaptive_max_pool2d(self.conv(x), 4)  # (N, 10, 4, 4)
        copies = torch.cat([x[:, i : i + 1] * places for i in range(10)], 1)  # (N, 160, 4, 4)
        scores = (copies * self.scale).sum((2, 3))
        return scores.view(-1, 10, 16).mean(2)
