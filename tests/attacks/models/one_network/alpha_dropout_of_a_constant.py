"""Alpha dropout of a constant leaves other numbers in training; a steep step makes a switch of it.

Expect: fails interface
"""

import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.small = nn.Sequential(nn.Conv2d(1, 8, 5, stride=2), nn.ReLU(), nn.Conv2d(8, 10, 3, stride=2))
        self.coin = nn.AlphaDropout(0.5)

    def forward(self, x):
        scores = self.small(x).mean((2, 3))
        others = self.small(torch.roll(x, 1, 2)) + self.small(torch.roll(x, -1, 3))
        one = x.mean((1, 2, 3)).unsqueeze(1).expand(-1, 64) * 0 + 1  # (N, 64)
        moved = (self.coin(one) - one).abs().amax(1, keepdim=True)  # 0 in evaluation
        return scores + (1 - moved * 1e3).clamp(0, 1) * others.mean((2, 3))
