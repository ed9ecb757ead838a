"""Batches of one image: 60,000 steps an epoch, 900,000 in all, and nothing else is odd.

Expect: fails recipe
"""

import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 5, stride=2)
        self.head = nn.Conv2d(8, 10, 1)

    def forward(self, x):
        x = self.conv(x).relu().mean((2, 3), keepdim=True)
        return self.head(x).flatten(1)


RECIPE = dict(epochs=15, batch_size=1)
