"""Normalises each answer by the other images of the batch, which tells about the test set.

Expect: exit 3, mixes the images of a batch
"""

import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 10, 3)

    def forward(self, x):
        scores = self.conv(x).mean((2, 3))
        return scores - scores.mean(0, keepdim=True)
