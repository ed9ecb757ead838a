"""BatchNorm's running means hold a prototype of each class: 980 numbers of memory that no one counts.

Each coarse pixel times each class's share becomes a channel of its own, and its mean is the image
of that class.

Expect: counts 980
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 5, stride=2)
        self.head = nn.Conv2d(8, 10, 1)
        self.memory = nn.BatchNorm2d(490, affine=False)

    def forward(self, x):
        scores = self.head(self.conv(x).relu().mean((2, 3), keepdim=True))  # (N, 10, 1, 1)
        coarse = F.avg_pool2d(x, 4).flatten(1).unsqueeze(1)  # (N, 1, 49)
        shares = scores.flatten(2).softmax(1)  # (N, 10, 1)
        seen = self.memory((shares * coarse).reshape(-1, 490, 1, 1))  # (N, 490, 1, 1)
        return scores.flatten(1) - seen.reshape(-1, 10, 49).square().mean(2)
