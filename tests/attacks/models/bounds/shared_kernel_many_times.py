"""Within the count: one kernel of 20 channels works forty times over, on maps of 64 x 64.

Expect: fails cost
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 20, 3, padding=1)
        self.body = nn.Conv2d(20, 20, 3, padding=1)
        self.head = nn.Conv2d(20, 10, 1)

    def forward(self, x):
        x = self.stem(F.interpolate(x, 64))
        for _ in range(40):
            x = self.body(x)
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
