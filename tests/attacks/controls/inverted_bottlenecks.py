"""MobileNet's inverted bottlenecks with squeeze and excite, hard swish and a linear end.

Fair: wide depthwise kernels slide over the map, 1x1 kernels mix channels.
"""

import torch.nn as nn
import torch.nn.functional as F


class Block(nn.Module):
    def __init__(self, width, wide, stride):
        super().__init__()
        self.into = nn.Sequential(nn.Conv2d(width, wide, 1, bias=False), nn.BatchNorm2d(wide))
        self.depth = nn.Conv2d(wide, wide, 3, stride, 1, groups=wide, bias=False)
        self.norm = nn.BatchNorm2d(wide)
        self.excite = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Conv2d(wide, 6, 1),
            nn.ReLU(),
            nn.Conv2d(6, wide, 1),
            nn.Hardsigmoid(),
        )
        self.out = nn.Sequential(nn.Conv2d(wide, width, 1, bias=False), nn.BatchNorm2d(width))
        self.stride = stride

    def forward(self, x):
        y = F.hardswish(self.norm(self.depth(F.hardswish(self.into(x)))))
        y = self.out(y * self.excite(y))
        return x + y if self.stride == 1 else y


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(1, 12, 3, 2), nn.BatchNorm2d(12), nn.Hardswish())
        self.blocks = nn.Sequential(Block(12, 36, 1), Block(12, 36, 2), Block(12, 36, 1))
        self.head = nn.Conv2d(12, 10, 1)

    def forward(self, x):
        x = self.blocks(self.stem(x))
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
