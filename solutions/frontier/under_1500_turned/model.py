"""1,475 parameters: every map is turned by half, too.

Target: hold 99.40% in every epoch that counts, with fewer than 1,500.
Result: train 99.39%, test 99.45% over the last 3 epochs; best epoch 99.47%; 3 seeds
Analysis: the network of ../under_1500_without_a_head, trained with Muon, but the digit turned by half
lies below the digit, and behind each layer every map is there a second time, turned back. It shows
what the layer's kernels would see if they were turned themselves: an edge from its other side. So a
layer of 5 maps gives 10 for the weights of 5, and costs work instead: twice the multiply-adds. On
digits held out of the training set it reads 99.29 and 99.36% (two splits), the usual network of
1,469 parameters 99.20 and 99.29%, trained as this one is. Two of the three seeds hold the target;
the third reads 9,939 digits in one of its last three epochs, one too few.
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
            nn.Conv2d(1, 5, 3, bias=False),
            nn.BatchNorm2d(5),
            Turned(),
            block(10, 8),  # 16 x 44 x 20
            nn.AvgPool2d(2),  # 16 x 22 x 10
            block(16, 10, padding=1),  # 20 x 22 x 10
            block(20, 12),  # 24 x 20 x 8
            nn.AvgPool2d(2),  # 24 x 10 x 4
            nn.Conv2d(24, 24, 3, groups=24, bias=False),
            nn.Conv2d(24, 10, 1),  # 10 x 8 x 2, a map for each digit
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
            degrees=4.8,
            translate=(0.036, 0.036),
            scale=(0.944, 1.056),
            shear=(-4.0, 4.0, -4.0, 4.0),
            interpolation="bilinear",
        )
    ],
    average=dict(name="EMA", decay=0.99, every=10),
)
