"""1,988 parameters: under 2000, with every digit brought nearer to one width first.

Target: hold 99.40% in every epoch that counts, with fewer than 2,000.
Result: train 99.36%, test 99.44% over the last 3 epochs; best epoch 99.45%; 5 seeds
Analysis: how wide a digit is can be summed like its slant, and stores nothing. Here the square root
of what a digit's width is off by is taken out, so that a narrow 0 and a wide one look more alike,
and a 1 is still the narrowest. Network and recipe are those of ../under_2000. What is left is
learned more easily, by the loss on training digits, but no more is read: of the digits that splits
0, 1 and 2 hold out 99.35, 99.41 and 99.45%, and ../under_2000 reads 99.37, 99.37 and 99.43%.
"""

import torch.nn as nn
import torch.nn.functional as F


BLACK = -0.1307 / 0.3081  # a black pixel, standardised


def straighten(x):
    """Shear every digit until its ink leans to neither side, and bring it nearer to one size."""
    ink = x - BLACK  # (N, 1, 24, 24), black is zero
    share = ink / total(ink)
    row, column = places(x)
    row = row - total(share * row)  # from the digit's center: (N, 1, 24, 1)
    column = column - total(share * column)  # (N, 1, 1, 24)
    height = total(share * row * row)  # squared, as the width is
    # How many columns the ink moves to the right with every row: a regression's slope.
    lean = total(share * row * column) / height
    width = total(share * (column - lean * row) ** 2)
    # A new pixel lies between two old ones, and takes of each by how near it is.
    far = column - (width / 16) ** 0.25 * column.transpose(2, 3) - (lean * row).transpose(1, 2)
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
    optimizer=dict(name="SGD", lr=0.2, momentum=0.9, nesterov=True, weight_decay=0.0001),
    scheduler=dict(name="OneCycleLR", max_lr=0.2, pct_start=0.15, cycle_momentum=False),
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
