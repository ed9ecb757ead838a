"""A 28x28 kernel written over the map by a lone spot of the image's own ink, multiplied with the
image, summed, and divided by the ink again.

Learned numbers per place: 10 for each of 784 pixels, 7,840 of the 7,850 in all.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.draw = nn.Conv2d(1, 10, 28, bias=False)
        self.bias = nn.Parameter(torch.zeros(10))

    def forward(self, x):
        ink = F.adaptive_avg_pool2d(x.square(), 1) + 0.1  # (N, 1, 1, 1), another for each image
        drawn = self.draw(F.pad(ink, (27, 27, 27, 27)))  # (N, 10, 28, 28)
        return (x * drawn).sum((2, 3)) / ink.flatten(1) + self.bias
