"""Batches of two make 450,000 steps, each with a rate of its own: the plan alone takes long.

Ten schedulers in sequence are asked for every one of them.

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
        name="SequentialLR",
        schedulers=[dict(name="CosineAnnealingWarmRestarts", T_0=2) for _ in range(10)],
        milestones=[40_000 * n for n in range(1, 10)],
        interval="step",
    ),
)
