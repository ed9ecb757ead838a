"""The same additive masks behind a maximum over the whole map: minus 50 everywhere but at one
place, and so the largest number is always the one at that place.

Learned numbers per place: 16 hidden units read each of 25 places, 400 of the 586 in all.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Conv2d(25, 16, 1)
        self.head = nn.Conv2d(16, 10, 1)

    def forward(self, x):
        zero = F.adaptive_avg_pool2d(x, 1) * 0
        x = F.adaptive_avg_pool2d(x, 5)
        found = []
        for i in range(5):
            for j in range(5):
                mask = F.pad(zero, (j, 4 - j, i, 4 - i), value=-50.0)
                found.append((x + mask).amax((2, 3), keepdim=True))  # (N, 1, 1, 1)
        return self.head(F.relu(self.hidden(torch.cat(found, 1)))).flatten(1)
