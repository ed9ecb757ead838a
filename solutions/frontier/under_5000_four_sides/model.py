"""4,836 parameters: every kernel looks from four sides.

Target: read 99.65% on average over ten seeds, and 99.55% in every epoch that counts.
Result: train 99.60%, test 99.66% over the last 3 epochs; best epoch 99.68%; 4 seeds
Analysis: ../under_1500_four_sides with more maps, and with digits that are moved 1.4 times as far as
those of ../under_5000. On held-out digits (split 2) it reads 99.55%, 7,767 parameters with digits moved
1.6 times as far 99.58%, and the network of ../under_8000_turned, with 32 images a step, 99.50%. Ten seeds
are asked for and four are trained: they read 99.658% on average, with a deviation of 0.063 points, so
what ten would read is open. Each of them reads at least 9,960 digits in every epoch that counts.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


BLACK = -0.1307 / 0.3081  # a black pixel, standardised


def straighten(x):
    """Shear every digit until its ink leans to neither side."""
    ink = x - BLACK  # (N, 1, 24, 24), black is zero
    share = ink / total(ink)
    row, column = places(x)
    row = row - total(share * row)  # from the digit's center: (N, 1, 24, 1)
    column = column - total(share * column)  # (N, 1, 1, 24)
    height = total(share * row * row)  # squared
    # How many columns the ink moves to the right with every row: a regression's slope.
    lean = total(share * row * column) / height
    # A new pixel lies between two old ones, and takes of each by how near it is.
    far = column - column.transpose(2, 3) - (lean * row).transpose(1, 2)
    near = F.relu(1 - far.abs())  # (N, row, new column, old column)
    ink = (near * ink.transpose(1, 2)).sum(3)  # (N, row, column)
    return ink.unsqueeze(1) + BLACK  # (N, 1, 24, 24)


def places(x):
    """Number the rows and columns from the middle: (N, 1, 24, 1) and (N, 1, 1, 24)."""
    one = F.adaptive_avg_pool2d(x, 1) * 0 + 1  # a tensor of numbers would count, and be shuffled
    row = F.interpolate(F.pad(one, (0, 0, 1, 0)), (24, 1), mode="bilinear", align_corners=True)
    row = 23 * row - 11.5
    return row, row.transpose(2, 3)


def total(x):
    return x.sum((2, 3), keepdim=True)  # (N, 1, 1, 1)


class Turned(nn.Module):
    """What a kernel saw, and what it sees when it is turned: four looks for its weights."""

    def forward(self, x):
        x = torch.cat([x, x.transpose(2, 3).flip(2)], 1)  # to the left
        return torch.cat([x, x.flip((2, 3))], 1)  # and each of the two by half


def block(inputs, outputs, padding=0):
    # Looks at each map by itself, then mixes them. The norm would subtract the second bias.
    return nn.Sequential(
        nn.Conv2d(inputs, inputs, 3, padding=padding, groups=inputs, bias=False),
        nn.SiLU(),
        Turned(),
        nn.Conv2d(4 * inputs, outputs, 1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.SiLU(),
    )


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 10, 3, bias=False),
            nn.BatchNorm2d(10),
            nn.SiLU(),
            block(10, 14),  # 14 x 44 x 44
            nn.AvgPool2d(2),  # 14 x 22 x 22
            block(14, 18, padding=1),  # 18 x 22 x 22
            block(18, 22),  # 22 x 20 x 20
            nn.AvgPool2d(2),  # 22 x 10 x 10
            nn.Conv2d(22, 22, 3, groups=22, bias=False),
            Turned(),
            nn.Conv2d(88, 10, 1),  # 10 x 8 x 8, a map for each digit
        )

    def forward(self, x):
        x = x[:, :, 2:-2, 2:-2]  # the border holds 0.2% of the ink: (N, 1, 24, 24)
        x = straighten(x)
        x = torch.cat([x, x.transpose(2, 3).flip(2)], 2)  # below it, the digit turned to the left
        x = torch.cat([x, x.flip((2, 3))], 3)  # beside both, each turned by half: (N, 1, 48, 48)
        # Of the digit as it stands, the upper left quarter: (N, 10, 2, 2)
        x = self.layers(x)[:, :, :2, :2]
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
            degrees=8.4,
            translate=(0.063, 0.063),
            scale=(0.902, 1.098),
            shear=(-7.0, 7.0, -7.0, 7.0),
            interpolation="bilinear",
        )
    ],
    average=dict(name="EMA", decay=0.99, every=10),
)
