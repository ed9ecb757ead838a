"""Waits in forward, where nobody looks at a clock.

Two clocks do: the child's own names the line, and the parent's, which is more patient, ends it
where a machine is so short of memory that the child's cannot tell sleeping from being kept waiting.

Expect: exit 3, still running
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
