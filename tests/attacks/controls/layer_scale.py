"""ConvNeXt blocks in small: a wide depthwise kernel, layer norm over channels, and LayerScale.

Fair: LayerScale is a number per channel, here starting at a tenth; the norm is over the channels
of each place by itself.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.depth = nn.Conv2d(width, width, 5, padding=2, groups=width)
        self.norm = nn.LayerNorm(width)
        self.widen, self.narrow = nn.Conv2d(width, 32, 1), nn.Conv2d(32, width, 1)
        self.scale = nn.Parameter(torch.full((width, 1, 1), 0.1))

    def forward(self, x):
        y = self.depth(x).permute(0, 2, 3, 1)
        y = self.norm(y).permute(0, 3, 1, 2)
        return x + self.scale * self.narrow(F.gelu(self.widen(y)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 16, 4, stride=2)
        self.blocks = nn.ModuleList([Block(16) for _ in range(3)])
        self.reduce = nn.Conv2d(16, 16, 2, stride=2)
        self.head = nn.Conv2d(16, 10, 1)

    def forward(self, x):
        x = self.blocks[0](self.stem(x))
        x = self.blocks[2](self.blocks[1](self.reduce(x)))
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
