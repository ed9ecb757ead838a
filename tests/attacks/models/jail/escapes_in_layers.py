"""Layers, recipe and transforms named in escape signs.

Expect: exit 3, expected a tensor's name of at most 200 letters
"""

import torch.nn as nn

CLEAR = "\x1b[2J\x1b[32mpassed"


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.add_module("conv" + CLEAR.replace(".", ""), nn.Conv2d(1, 10, 3))

    def forward(self, x):
        return next(iter(self.children()))(x).mean((2, 3))


RECIPE = {CLEAR: 1, "augment": [{"name": CLEAR}]}
