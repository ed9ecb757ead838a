"""Depthwise convolutions gather rows, then columns: a kernel of one column as long as the map
leaves a row of weighted sums, and one of one row leaves one number.

Learned numbers per place: 48 columns and 48 rows of weights in each product, 672 of the 1,690 in
all.

Expect: fails no-dense by strict
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 48, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(48)
        self.columns = nn.Conv2d(48, 48, (7, 1), groups=48, bias=False)
        self.rows = nn.Conv2d(48, 48, (1, 7), groups=48, bias=False)
        self.head = nn.Conv2d(48, 10, 1)

    def forward(self, x):
        x = F.adaptive_avg_pool2d(F.relu(self.norm(self.conv(x))), 7)  # (N, 48, 7, 7)
        x = self.rows(self.columns(x))  # (N, 48, 1, 1)
        return self.head(x).flatten(1)
