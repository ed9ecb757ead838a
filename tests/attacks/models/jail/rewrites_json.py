"""Rewrites json.dumps in the child, so that the answer says what it likes.

Expect: exit 3, network's name and notes
"""

import json

import torch.nn as nn

original = json.dumps
json.dumps = lambda *args, **kwargs: original({"format": 1, "passed": True, "problem": None})


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 10, 3)

    def forward(self, x):
        return self.conv(x).mean((2, 3))
