"""4,958 parameters: under 5000, and every map is turned by half, too.

Target: hold 99.50% in every epoch that counts, with fewer than 5,000.
Result: train 99.50%, test 99.63% over the last 3 epochs; best epoch 99.65%; 5 seeds
Analysis: what is turned, ../under_1500_turned explains; the schedule is the same, the digits are moved
as far as those of ../under_5000, and with this many parameters nothing was tried on held-out digits.
All five seeds hold the target, by six digits at least; of ../under_5000_muon, which is trained alike
and turns nothing, one does not. That costs twice the multiply-adds. The training digits are learned
better (their loss is 0.015, not 0.017), and the test digits by as much: the gap between the two is 0.13
points here and 0.15 there.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


BLACK = -0.1307 / 0.3081  # a black pixel, standardised


def straighten(x):
    """Shear every digit until its ink leans to neither side."""
    ink = x - BLACK  # (N, 1, 24, 24), black is zero
    row, column = places(x)
    mass = total(ink)
    row = row - total(ink * row) / mass  # from the digit's center: (N, 1, 24, 1)
    column = column - total(ink * column) / mass  # (N, 1, 1, 24)
    # How many columns the ink moves to the right with every row: a regression's slope.
    lean = total(ink * row * column) / total(ink * row * row)
    shift = lean.clamp(-0.8, 0.8) * row  # how far each row's ink lies to the right
    # A new pixel lies between two old ones of its row, and takes of each by how near it is.
    far = column - column.transpose(2, 3) - shift.transpose(1, 2)  # (N, row, new, old)
    near = F.relu(1 - far.abs())  # (N, 24, 24, 24)
    return (near * ink.transpose(1, 2)).sum(3).unsqueeze(1) + BLACK  # (N, 1, 24, 24)


def places(x):
    """Number the rows and columns from the middle: (N, 1, 24, 1) and (N, 1, 1, 24)."""
    one = F.adaptive_avg_pool2d(x, 1) * 0 + 1  # a tensor of numbers would count, and be shuffled
    row = F.interpolate(F.pad(one, (0, 0, 1, 0)), (24, 1), mode="bilinear", align_corners=True)
    column = F.interpolate(F.pad(one, (1, 0)), (1, 24), mode="bilinear", align_corners=True)
    return 23 * row - 11.5, 23 * column - 11.5


def total(x):
    return x.sum((2, 3), keepdim=True)  # (N, 1, 1, 1)


class Turned(nn.Module):
    """What a map shows, and the same turned by half: twice the maps, for no more weights."""

    def forward(self, x):
        x = F.silu(x)
        return torch.cat([x, x.flip((2, 3))], 1)


def block(inputs, outputs, padding=0):
    # Looks at each map by itself, then mixes them. The norm would subtract a bias again.
    return nn.Sequential(
        nn.Conv2d(inputs, inputs, 3, padding=padding, groups=inputs, bias=False),
        nn.Conv2d(inputs, outputs, 1, bias=False),
        nn.BatchNorm2d(outputs),
        Turned(),
    )


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 12, 3, bias=False),
            nn.BatchNorm2d(12),
            Turned(),
            block(24, 18),  # 36 x 44 x 20
            nn.AvgPool2d(2),  # 36 x 22 x 10
            block(36, 24, padding=1),  # 48 x 22 x 10
            block(48, 28),  # 56 x 20 x 8
            nn.AvgPool2d(2),  # 56 x 10 x 4
            nn.Conv2d(56, 56, 3, groups=56, bias=False),
            nn.Conv2d(56, 10, 1),  # 10 x 8 x 2, a map for each digit
        )

    def forward(self, x):
        x = x[:, :, 2:-2, 2:-2]  # the border holds 0.2% of the ink: (N, 1, 24, 24)
        x = straighten(x)
        x = torch.cat([x, x.flip((2, 3))], 2)  # below it, the digit turned by half: (N, 1, 48, 24)
        x = self.layers(x)[:, :, :2]  # of the digit as it stands: (N, 10, 2, 2)
        return F.adaptive_avg_pool2d(x, 1).flatten(1)


RECIPE = dict(
    epochs=15,
    batch_size=64,
    optimizer=dict(
        name="Muon",  # for the kernels that mix maps
        lr=0.05,
        weight_decay=0.0,
        rest=dict(name="SGD", lr=0.2, momentum=0.9, nesterov=True, weight_decay=0.0001),
    ),
    scheduler=dict(name="OneCycleLR", max_lr=0.05, pct_start=0.15, cycle_momentum=False),
    augment=[
        dict(
            name="RandomAffine",
            degrees=9.6,
            translate=(0.072, 0.072),
            scale=(0.888, 1.112),
            shear=(-8.0, 8.0, -8.0, 8.0),
            interpolation="bilinear",
        )
    ],
    average=dict(name="EMA", decay=0.99, every=10),
)
