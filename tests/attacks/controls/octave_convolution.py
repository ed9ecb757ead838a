"""Octave convolution: half of the channels live at half the size, and the two trade what they see.

Fair: all four kernels of a layer slide over their maps.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Octave(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.fine, self.down = nn.Conv2d(inputs, outputs, 3), nn.Conv2d(inputs, outputs, 1)
        self.coarse, self.up = nn.Conv2d(inputs, outputs, 3), nn.Conv2d(inputs, outputs, 1)
        self.norms = nn.ModuleList([nn.BatchNorm2d(outputs) for _ in range(2)])

    def forward(self, fine, coarse):
        new_fine, new_coarse = self.fine(fine), self.coarse(coarse)
        from_coarse = F.interpolate(self.up(coarse), new_fine.shape[2:], mode="nearest")
        from_fine = F.adaptive_avg_pool2d(self.down(fine), new_coarse.shape[2:])
        fine = F.relu(self.norms[0](new_fine + from_coarse))
        return fine, F.relu(self.norms[1](new_coarse + from_fine))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second, self.third = Octave(1, 8), Octave(8, 12), Octave(12, 14)
        self.head = nn.Conv2d(28, 10, 1)

    def forward(self, x):
        fine, coarse = self.first(x, F.avg_pool2d(x, 2))  # 26 x 26 and 12 x 12
        fine, coarse = self.second(F.max_pool2d(fine, 2), coarse)  # 11 x 11 and 10 x 10
        fine, coarse = self.third(fine, F.max_pool2d(coarse, 2))
        pooled = [fine.mean((2, 3), keepdim=True), coarse.mean((2, 3), keepdim=True)]
        return self.head(torch.cat(pooled, 1)).flatten(1)
