"""Each place is fetched by zeros around the map and nearest resizing to 2x2: three of the four fall
on zeros, and the fourth on the place.

Learned numbers per place: 10, 250 of the 260 in all.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Conv2d(25, 10, 1)

    def forward(self, x):
        x = F.adaptive_avg_pool2d(x, 5)
        fetched = []
        for i in range(5):
            for j in range(5):
                # Sides of 12: resizing to 2 reads rows 0 and 6, columns 0 and 6.
                around = F.pad(x, (6 - j, 1 + j, 6 - i, 1 + i))  # (N, 1, 12, 12)
                fetched.append(F.interpolate(around, (2, 2)).sum((2, 3), keepdim=True))
        return self.head(torch.cat(fetched, 1)).flatten(1)
