"""Patches of 4x4 in steps of 4 as tokens, mixed by depthwise convolutions (ConvMixer)."""

import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.patch = nn.Sequential(nn.Conv2d(1, 24, 4, stride=4), nn.GELU(), nn.BatchNorm2d(24))
        self.depth = nn.ModuleList(
            [
                nn.Sequential(
                    nn.Conv2d(24, 24, 3, groups=24, padding=1), nn.GELU(), nn.BatchNorm2d(24)
                )
                for _ in range(3)
            ]
        )
        self.point = nn.ModuleList(
            [nn.Sequential(nn.Conv2d(24, 24, 1), nn.GELU(), nn.BatchNorm2d(24)) for _ in range(3)]
        )
        self.head = nn.Conv2d(24, 10, 1)

    def forward(self, x):
        x = self.patch(x)
        for d, p in zip(self.depth, self.point, strict=False):
            x = p(x + d(x))
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
