"""A hundred milestones up to ten millions, at every one of 450,000 steps.

Expect: fails recipe
"""

import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 5, stride=2)
        self.head = nn.Conv2d(8, 10, 1)

    def forward(self, x):
        x = self.conv(x).relu().mean((2, 3), keepdim=True)
        return self.head(x).flatten(1)


RECIPE = dict(
    epochs=15,
    batch_size=2,
    optimizer=dict(name="SGD", lr=0.1),
    scheduler=dict(
        name="MultiStepLR", milestones=[100_000 * n for n in range(1, 101)], gamma=0.99, interval="step"
    ),
)
