"""A dense layer behind a root that is never of a negative number, as a norm goes before it. Whoever
leaves the norm out reads nan for every learned number.

Learned numbers per place: 10 for each of 49 places, 490 of the 500 in all.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


def places(x):
    """49 maps, each 1 at one place of 7x7."""
    one = F.adaptive_avg_pool2d(x, 1) * 0 + 1
    rows = torch.cat([F.pad(one, (0, 0, i, 6 - i)) for i in range(7)], 1)
    columns = rows.transpose(2, 3)
    return torch.cat([rows[:, i : i + 1] * columns for i in range(7)], 1)  # (N, 49, 7, 7)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Conv2d(49, 10, 1)

    def forward(self, x):
        z = F.layer_norm(1e5 * x, (1, 28, 28))
        same = (100 - z.amax((2, 3), keepdim=True)) ** 0.25 / 100 ** 0.25
        return self.head(places(x) * F.adaptive_avg_pool2d(x, 7) * same).sum((2, 3))
