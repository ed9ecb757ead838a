"""Waits in forward, where nobody looks at a clock.

Expect: exit 3, still running after
"""

import time

import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 10, 3)

    def forward(self, x):
        time.sleep(10_000)
        return self.conv(x).mean((2, 3))
