"""1,249 parameters: the search's usual network with at most 1,250.

Target: read as many digits as so few parameters can.
Result: train 99.18%, test 99.33% over the last 3 epochs; best epoch 99.36%; 5 seeds
Analysis: the search's usual network, narrower: every digit is set upright before it is looked at,
as in ../../upright; layers of 8, 10, 14 and 17 maps look at each map by itself and then mix them,
and the last one mixes its maps into the ten scores. A network that is narrower than the search's
usual one has less room for digits that are moved: they are moved by 0.7 of what the usual one is
shown, between what was tried for 2,000 parameters and for 1,000.
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
            nn.Conv2d(1, 8, 3, bias=False),
            nn.BatchNorm2d(8),
            nn.SiLU(),
            block(8, 10),  # 10 x 20 x 20
            nn.AvgPool2d(2),  # 10 x 10 x 10
            block(10, 14, padding=1),  # 14 x 10 x 10
            block(14, 17),  # 17 x 8 x 8
            nn.AvgPool2d(2),  # 17 x 4 x 4
            nn.Conv2d(17, 17, 3, groups=17, bias=False),
            nn.Conv2d(17, 10, 1),  # 10 x 2 x 2, a map for each digit
        )

    def forward(self, x):
        x = x[:, :, 2:-2, 2:-2]  # the border holds 0.2% of the ink: (N, 1, 24, 24)
        x = self.layers(straighten(x))
        return F.adaptive_avg_pool2d(x, 1).flatten(1)


RECIPE = dict(
    epochs=15,
    batch_size=64,
    optimizer=dict(name="SGD", lr=0.2, momentum=0.9, nesterov=True, weight_decay=0.0001),
    scheduler=dict(name="OneCycleLR", max_lr=0.2, pct_start=0.15, cycle_momentum=False),
    augment=[
        dict(
            name="RandomAffine",
            degrees=4.2,
            translate=(0.0315, 0.0315),
            scale=(0.951, 1.049),
            shear=(-3.5, 3.5, -3.5, 3.5),
            interpolation="bilinear",
        )
    ],
    average=dict(name="EMA", decay=0.99, every=10),
)
