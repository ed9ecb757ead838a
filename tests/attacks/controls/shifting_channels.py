"""A shift network: groups of channels move by one place each, and 1x1 kernels do the rest.

Fair: moving has no learned number, and a 1x1 kernel after it is a sparse 3x3 kernel.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F

MOVES = [(0, 0), (0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, -1), (1, -1)]


def shift(x):
    parts = x.chunk(8, 1)
    padded = [F.pad(part, (1, 1, 1, 1)) for part in parts]
    side = x.shape[2]
    cut = [
        p[:, :, 1 + i : 1 + i + side, 1 + j : 1 + j + side]
        for p, (i, j) in zip(padded, MOVES, strict=True)
    ]
    return torch.cat(cut, 1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(1, 32, 3, stride=2), nn.BatchNorm2d(32), nn.ReLU())
        self.mix = nn.ModuleList([nn.Conv2d(32, 32, 1, bias=False) for _ in range(6)])
        self.norms = nn.ModuleList([nn.BatchNorm2d(32) for _ in range(6)])
        self.head = nn.Conv2d(32, 10, 1)

    def forward(self, x):
        x = self.stem(x)  # 32 x 13 x 13
        for at, (mix, norm) in enumerate(zip(self.mix, self.norms, strict=True)):
            x = x + F.relu(norm(mix(shift(x))))
            x = F.max_pool2d(x, 2) if at == 2 else x
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
