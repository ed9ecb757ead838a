"""A recipe nested 100,000 deep, and one that contains itself.

Expect: exit 1, expected the recipe to be a dict
"""

import torch.nn as nn

RECIPE = {}
for _ in range(100_000):
    RECIPE = {"scheduler": RECIPE}


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 10, 3)

    def forward(self, x):
        return self.conv(x).mean((2, 3))
