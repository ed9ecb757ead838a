"""Attention of all 784 places to each other, ten heads of one channel.

Expect: fails interface
"""

import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 10, 3, padding=1)
        self.head = nn.Conv2d(10, 10, 1)

    def forward(self, x):
        x = self.stem(x).flatten(2)  # (N, 10, 784)
        table = (x.unsqueeze(3) * x.unsqueeze(2)).softmax(3)  # (N, 10, 784, 784)
        x = (table @ x.unsqueeze(3)).mean(2, keepdim=True)
        return self.head(x).flatten(1)
