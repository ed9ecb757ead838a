"""Inverted residuals with grouped 1x1 kernels and channel shuffles."""

import torch.nn as nn


class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.up = nn.Sequential(
            nn.Conv2d(c, 3 * c, 1, groups=4, bias=False), nn.BatchNorm2d(3 * c), nn.ReLU6()
        )
        self.shuffle = nn.ChannelShuffle(4)
        self.dw = nn.Sequential(
            nn.Conv2d(3 * c, 3 * c, 3, padding=1, groups=3 * c, bias=False),
            nn.BatchNorm2d(3 * c),
            nn.ReLU6(),
        )
        self.down = nn.Sequential(nn.Conv2d(3 * c, c, 1, groups=4, bias=False), nn.BatchNorm2d(c))

    def forward(self, x):
        return x + self.down(self.dw(self.shuffle(self.up(x))))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 16, 3, stride=2)
        self.b = nn.Sequential(Block(16), Block(16), nn.MaxPool2d(2), Block(16))
        self.head = nn.Conv2d(16, 10, 1)

    def forward(self, x):
        return self.head(self.b(self.stem(x)).mean((2, 3), keepdim=True)).flatten(1)
