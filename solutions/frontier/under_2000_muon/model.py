"""1,988 parameters: under 2000, trained with Muon.

Target: hold 99.40% in every epoch that counts, with fewer than 2,000.
Result: train 99.38%, test 99.50% over the last 3 epochs; best epoch 99.51%; 5 seeds
Analysis: network, schedule and augmentation are those of ../under_2000; what differs is how the
kernels are trained that mix maps. Muon makes each of their steps orthogonal: it changes what a
kernel does in all directions alike, where SGD follows the few in which the gradient is large. Tried
by hand, in float32, it read 99.47% of the digits held out of the training set (three splits; SGD
99.39%), and torch's own, in bfloat16, 99.44% (two; SGD 99.40%). All five seeds hold the target, with
SGD four; means of five seeds that lie 0.05 points apart may still be luck.
"""

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


def block(inputs, outputs, padding=0):
    # Looks at each map by itself, then mixes them. The norm would subtract a bias again.
    return nn.Sequential(
        nn.Conv2d(inputs, inputs, 3, padding=padding, groups=inputs, bias=False),
        nn.Conv2d(inputs, outputs, 1, bias=False),
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
            block(10, 15),  # 15 x 20 x 20
            nn.AvgPool2d(2),  # 15 x 10 x 10
            block(15, 20, padding=1),  # 20 x 10 x 10
            block(20, 23),  # 23 x 8 x 8
            nn.AvgPool2d(2),  # 23 x 4 x 4
            nn.Conv2d(23, 23, 3, groups=23, bias=False),
            nn.Conv2d(23, 10, 1),  # 10 x 2 x 2, a map for each digit
        )

    def forward(self, x):
        x = x[:, :, 2:-2, 2:-2]  # the border holds 0.2% of the ink: (N, 1, 24, 24)
        x = self.layers(straighten(x))
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
            degrees=6.0,
            translate=(0.045, 0.045),
            scale=(0.93, 1.07),
            shear=(-5.0, 5.0, -5.0, 5.0),
            interpolation="bilinear",
        )
    ],
    average=dict(name="EMA", decay=0.99, every=10),
)
