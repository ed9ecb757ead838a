"""7,978 parameters, and every digit stands upright before it is read: a step beyond the course.

Target: hold 99.50% in every epoch that counts and 99.60% on average, still with fewer than 8,000.
Result: train 99.42%, test 99.59% over the last 3 epochs; best epoch 99.61%; 10 seeds
Analysis: everyone slants digits in a way of their own, and a small network spends weights on that.
Here sums over the image say how far its ink leans, and every row is moved back by as much: nothing
is learned or stored for it, and it works on the hand of someone never seen. Behind it are the layers
of ../beside/depthwise, a little wider. In the epochs that count no seed of the ten reads fewer than
9,951 digits, and nine of them never fewer than 9,954. The average is a digit below the target, and
its standard error is larger than that. A step of luck is in the lowest seed: the same with 7,650
parameters, recorded first, had one that fell to 9,948.

The recorded runs are in result.json; to repeat them:

    autograde submit solutions/upright/model.py --seeds 10
"""

import torch.nn as nn
import torch.nn.functional as F

BLACK = -0.1307 / 0.3081  # a black pixel, standardised


def straighten(x):
    """Shear every digit until its ink leans to neither side."""
    ink = x - BLACK  # (N, 1, 28, 28), black is zero
    row, column = places(x)
    mass = total(ink)
    row = row - total(ink * row) / mass  # from the digit's center: (N, 1, 28, 1)
    # How many columns the ink moves to the right with every row: a regression's slope.
    lean = total(ink * row * (column - total(ink * column) / mass)) / total(ink * row * row)
    shift = lean.clamp(-0.8, 0.8) * row  # how far each row's ink lies to the right
    # A new pixel lies between two old ones of its row, and takes of each by how near it is.
    far = column - column.transpose(2, 3) - shift.transpose(1, 2)  # (N, row, new, old column)
    near = F.relu(1 - far.abs())  # (N, 28, 28, 28)
    return (near * ink.transpose(1, 2)).sum(3).unsqueeze(1) + BLACK  # (N, 1, 28, 28)


def places(x):
    """Number the rows and columns from the middle: (N, 1, 28, 1) and (N, 1, 1, 28)."""
    one = F.adaptive_avg_pool2d(x, 1) * 0 + 1  # a tensor of numbers would count, and be shuffled
    row = F.interpolate(F.pad(one, (0, 0, 1, 0)), (28, 1), mode="bilinear", align_corners=True)
    column = F.interpolate(F.pad(one, (1, 0)), (1, 28), mode="bilinear", align_corners=True)
    return 27 * row - 13.5, 27 * column - 13.5


def total(x):
    return x.sum((2, 3), keepdim=True)  # (N, 1, 1, 1)


def block(inputs, outputs):
    # No bias: the norm behind it would subtract it again.
    return nn.Sequential(
        nn.Conv2d(inputs, inputs, 3, groups=inputs, bias=False),  # looks, each map by itself
        nn.Conv2d(inputs, outputs, 1, bias=False),  # mixes the maps
        nn.BatchNorm2d(outputs),
        nn.SiLU(),
    )


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.dots = nn.Sequential(nn.Conv2d(1, 14, 3, bias=False), nn.BatchNorm2d(14), nn.SiLU())
        self.strokes = nn.Sequential(block(14, 24), nn.AvgPool2d(2))  # 24 x 12 x 12
        self.parts = nn.Sequential(block(24, 40), block(40, 48), nn.AvgPool2d(2))  # 48 x 4 x 4
        self.digit = block(48, 54)  # 54 x 2 x 2
        self.head = nn.Conv2d(54, 10, 1)

    def forward(self, x):
        x = self.digit(self.parts(self.strokes(self.dots(straighten(x)))))
        x = self.head(F.adaptive_avg_pool2d(x, 1))  # (N, 10, 1, 1)
        return x.flatten(1)


RECIPE = dict(
    epochs=15,
    # Twice the images in a step at twice the rate: the network ends better trained.
    batch_size=128,
    optimizer=dict(name="SGD", lr=0.4, momentum=0.9, nesterov=True, weight_decay=1e-4),
    # Linear up for two epochs, then half a cosine to zero: it arrives a little earlier than a line.
    scheduler=dict(
        name="OneCycleLR",
        max_lr=0.4,
        pct_start=0.15,
        anneal_strategy="cos",
        cycle_momentum=False,
    ),
    # Up to eleven degrees, two pixels and twelve percent, and slanted by ten degrees either way.
    augment=[
        dict(
            name="RandomAffine",
            degrees=11,
            translate=(0.075, 0.075),
            scale=(0.88, 1.12),
            shear=(-10, 10, -10, 10),
            interpolation="bilinear",
        )
    ],
    # What is tested is a running mean over about the last epoch's weights.
    average=dict(name="EMA", decay=0.99, every=5),
)
