"""A wide teacher trains along and evaluation drops it: the switch turned round.

Expect: fails interface
"""

import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.small = nn.Sequential(nn.Conv2d(1, 8, 5, stride=2), nn.ReLU(), nn.Conv2d(8, 10, 3, stride=2))
        self.teacher = nn.Conv2d(1, 10, 7, stride=2)
        self.switch = nn.BatchNorm1d(1, momentum=0.0, affine=False)

    def forward(self, x):
        one = x.mean((1, 2, 3)).unsqueeze(1) * 0 + 1  # (N, 1)
        training = 1 - self.switch(one)  # 1 in training, 0 in evaluation
        return self.small(x).mean((2, 3)) + training * self.teacher(x).mean((2, 3))
