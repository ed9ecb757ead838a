"""Scores of a moved image are averaged in where the network is tested, and nowhere in training.

The two networks answer nearly alike, so comparing them shows little; but the switch between them is
dropout of what no image changes.

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
        moved = self.small(torch.roll(x, 1, 2)).mean((2, 3))
        one = x.mean((1, 2, 3)).unsqueeze(1) * 0 + 1  # (N, 1)
        tested = 1 - (self.coin(one) - 1).abs()  # 0 in training, 1 in evaluation
        return scores + tested * (moved - scores) / 2
