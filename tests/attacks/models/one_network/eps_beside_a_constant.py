"""An ordinary momentum, a constant as large as no mean can follow: what is left over is the switch.

In training BatchNorm yields 0. In evaluation the running mean has not arrived, and by an eps of
1e-12 the rest becomes large; it is clamped to 1.

Expect: fails interface
"""

import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.small = nn.Sequential(nn.Conv2d(1, 8, 5, stride=2), nn.ReLU(), nn.Conv2d(8, 10, 3, stride=2))
        self.switch = nn.BatchNorm1d(1, momentum=0.001, eps=1e-12, affine=False)

    def forward(self, x):
        scores = self.small(x).mean((2, 3))
        others = self.small(torch.roll(x, 1, 2)) + self.small(torch.roll(x, -1, 3))
        large = x.mean((1, 2, 3)).unsqueeze(1) * 0 + 2**17  # (N, 1)
        return scores + self.switch(large).clamp(0, 1) * others.mean((2, 3))
