"""Of 64 features after dropout the largest is doubled in training and itself in evaluation.

Expect: fails interface
"""

import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.small = nn.Sequential(nn.Conv2d(1, 8, 5, stride=2), nn.ReLU(), nn.Conv2d(8, 10, 3, stride=2))
        self.coin = nn.Dropout(0.5)

    def forward(self, x):
        scores = self.small(x).mean((2, 3))
        others = self.small(torch.roll(x, 1, 2)) + self.small(torch.roll(x, -1, 3))
        ink = (x.square().mean((1, 2, 3)).unsqueeze(1) + 1).expand(-1, 64)
        tested = 2 - (self.coin(ink) / ink).amax(1, keepdim=True)  # 0 in training, 1 in evaluation
        return scores + tested * others.mean((2, 3))
