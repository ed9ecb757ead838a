"""A 14x14 kernel, dilated by two, over the whole 28x28 image: it has 196 numbers where the image
has 784 pixels, reaches from edge to edge, and has two places down and two across.

Learned numbers: 196 x 10, 1,960 of the 1,970 in all.

Expect: fails no-dense by strict
"""

import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Conv2d(1, 10, 14, dilation=2)

    def forward(self, x):
        return self.head(x).mean((2, 3))  # the mean of 2x2: a 14x14 kernel over the pooled image
