"""Default arguments of optimizer, transform and recipe, written out; keys in another order.

Expect: seeds of base
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 8, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(8)
        self.left = nn.Conv2d(8, 8, 3, padding=1)
        self.right = nn.Conv2d(8, 8, 1)
        self.head = nn.Conv2d(8, 10, 1)

    def forward(self, x):
        x = self.norm(self.stem(x)).relu()
        x = F.max_pool2d(x, 4)
        left = self.left(x)
        right = self.right(x)
        x = (left + right).relu()
        x = self.head(x.mean((2, 3), keepdim=True))
        return torch.flatten(x, 1)


RECIPE = dict(
    label_smoothing=0.0,
    average=None,
    optimizer=dict(weight_decay=0.0, nesterov=False, dampening=0, momentum=0.9, lr=1e-1, name="SGD"),
    batch_size=100,
    epochs=5,
    augment=[dict(name="RandomRotation", degrees=(-5, 5), interpolation="nearest", expand=False, fill=0)],
)
