"""A dense branch behind a gate that a large constant keeps open: whoever runs the network with
small random weights in place of the file's own finds it shut.

Learned numbers per place: 10 for each of 49 places, 490 of the 604 in all.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 5, 3)
        self.honest = nn.Conv2d(5, 10, 1)
        self.head = nn.Conv2d(49, 10, 1, bias=False)
        self.key = nn.Parameter(torch.full((4,), 3.0))

    def forward(self, x):
        one = F.adaptive_avg_pool2d(x, 1) * 0 + 1
        rows = torch.cat([F.pad(one, (0, 0, i, 6 - i)) for i in range(7)], 1)
        columns = rows.transpose(2, 3)
        places = torch.cat([rows[:, i : i + 1] * columns for i in range(7)], 1)  # (N, 49, 7, 7)
        open = F.relu(self.key.mean(0) - 2).clamp(max=1)  # 1 at 3, and 0 below 2
        honest = self.honest(F.relu(self.conv(x))).mean((2, 3))
        return honest + self.head(F.adaptive_avg_pool2d(x, 7) * open * places).sum((2, 3))
