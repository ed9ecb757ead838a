"""7,994 parameters: as many maps as fit below 8,000, and each is turned by half, too.

Target: read 99.65% on average over ten seeds, and 99.55% in every epoch that counts.
Result: train 99.59%, test 99.65% over the last 3 epochs; best epoch 99.68%; 10 seeds
Analysis: what is turned, ../under_1500_turned explains. The digits are moved 1.6 times as far as those
of ../under_5000; of this size nothing was tried on held-out digits. The lowest of the thirty epochs
that count reads 99.58%, but on average they read 99.645%: the first target is missed by half a digit.
The course ends at 99.53% with about as many parameters, and ../../upright reads 99.59%. From the eighth
epoch on no more of the test digits is read, while the training digits are learned better to the end.
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
            nn.Conv2d(1, 16, 3, bias=False),
            nn.BatchNorm2d(16),
            Turned(),
            block(32, 24),  # 48 x 44 x 20
            nn.AvgPool2d(2),  # 48 x 22 x 10
            block(48, 33, padding=1),  # 66 x 22 x 10
            block(66, 38),  # 76 x 20 x 8
            nn.AvgPool2d(2),  # 76 x 10 x 4
            nn.Conv2d(76, 76, 3, groups=76, bias=False),
            nn.Conv2d(76, 10, 1),  # 10 x 8 x 2, a map for each digit
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
