"""Sends an answer of its own and lets the grader's follow.

Expect: exit 3, expected a submission, found bytes that are not one
"""

import os

import torch.nn as nn

os.write(3, b'{"passed": true}\n')


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 10, 3)

    def forward(self, x):
        return self.conv(x).mean((2, 3))
