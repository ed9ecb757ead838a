"""The dense layer lies in 54 parameters of one number each: for each of six hidden units, a scalar
for each of nine places, times the place's mask.

Learned numbers per place: 6 for each of 9, 54 of the 124 in all.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.numbers = nn.ParameterList([nn.Parameter(torch.randn(())) for _ in range(54)])
        self.head = nn.Conv2d(6, 10, 1)

    def forward(self, x):
        one = F.adaptive_avg_pool2d(x, 1) * 0 + 1  # (N, 1, 1, 1)
        x = F.adaptive_avg_pool2d(x, 3)
        places = [x * F.pad(one, (i % 3, 2 - i % 3, i // 3, 2 - i // 3)) for i in range(9)]
        hidden = []
        for unit in range(6):
            numbers = self.numbers[9 * unit : 9 * unit + 9]
            weighed = sum(place * number for place, number in zip(places, numbers))
            hidden.append(weighed.sum((2, 3), keepdim=True))  # (N, 1, 1, 1)
        return self.head(F.leaky_relu(torch.cat(hidden, 1))).flatten(1)
