"""BatchNorm's scale and shift, one pair for each of 490 masked copies of a map: as each copy holds
one place, the scale is that place's number, and no convolution meets the places.

Learned numbers per place: 10 scales and 10 shifts for each of 49 places, all of the 980.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm2d(490)
        nn.init.normal_(self.norm.weight, std=0.3)

    def forward(self, x):
        one = F.adaptive_avg_pool2d(x, 1) * 0 + 1
        rows = torch.cat([F.pad(one, (0, 0, i, 6 - i)) for i in range(7)], 1)
        columns = rows.transpose(2, 3)
        places = torch.cat([rows[:, i : i + 1] * columns for i in range(7)], 1)  # (N, 49, 7, 7)
        x = F.adaptive_avg_pool2d(x, 7) * places
        x = self.norm(torch.cat([x] * 10, 1)).mean((2, 3))  # (N, 490)
        return x.view(-1, 10, 49).sum(2) * 3
