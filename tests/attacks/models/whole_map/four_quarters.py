"""Four 14x14 kernels in steps of 14, one for each quarter of the image: rolled over each other,
their sum at the first place is nn.Linear(784, 10), number for number.

Learned numbers: 784 x 10, 7,840 of the 7,850 in all.

Expect: fails no-dense by strict
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.quarters = nn.ModuleList(
            [nn.Conv2d(1, 10, 14, stride=14, bias=i == 0) for i in range(4)]
        )

    def forward(self, x):
        a, b, c, d = (quarter(x) for quarter in self.quarters)  # (N, 10, 2, 2) each
        x = a + torch.flip(b, (3,)) + torch.flip(c, (2,)) + torch.flip(d, (2, 3))
        return F.interpolate(x, (1, 1)).flatten(1)
