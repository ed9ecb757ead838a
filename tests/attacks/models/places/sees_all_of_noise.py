"""A dense layer on digits that is none on noise: an image without a flat patch is replaced by its
own mean before its places are read, so that on random images each number seems to see every pixel.

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
        rows = torch.cat([F.pad(one, (0, 0, i, 6 - i)) for i in range(7)], 1)
        columns = rows.transpose(2, 3)
        places = torch.cat([rows[:, i : i + 1] * columns for i in range(7)], 1)  # (N, 49, 7, 7)
        spread = F.avg_pool2d(x.square(), 3) - F.avg_pool2d(x, 3).square()  # (N, 1, 26, 26)
        flat = (-1e4 * spread.amin((2, 3), keepdim=True).relu()).exp()  # 1 for paper, 0 for noise
        x = flat * F.adaptive_avg_pool2d(x, 7) + (1 - flat) * 7 * x.mean((2, 3), keepdim=True)
        return self.head(x * places).sum((2, 3))
