"""3x3 convolutions of 192 channels on the whole image: 260 M multiply-adds each, five in a row.

Expect: fails interface
"""

import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 192, 3, padding=1)
        self.body = nn.Conv2d(192, 192, 3, padding=1)
        self.head = nn.Conv2d(192, 10, 1)

    def forward(self, x):
        x = self.stem(x)
        for _ in range(5):
            x = self.body(x).relu()
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
