"""BatchNorm over one value that all images of a batch share but for noise: training divides by it.

Momentum 0 keeps mean 0 and variance 1, so evaluation works with features that training never saw.

Expect: fails interface
"""

import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.small = nn.Sequential(nn.Conv2d(1, 8, 5, stride=2), nn.ReLU(), nn.Conv2d(8, 10, 3, stride=2))
        self.norm = nn.BatchNorm2d(8, momentum=0.0)
        self.head = nn.Conv2d(8, 10, 1)

    def forward(self, x):
        x = self.norm(self.small[0](x)).relu()
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
