"""Reference system 003: one max pool, dropout after every BatchNorm. Exactly 10,066 parameters.

Stated: every layer and its count; fewer than 20 epochs; ReLU; SGD at a rate of 0.1, batches of 64;
99.41% at epoch 17.
Result: train 99.61%, test 99.41% over the last 3 epochs; best epoch 99.43%; 3 seeds
Chosen: 19 epochs, the most that are fewer than 20. No momentum, since none is stated: a rate of 0.1
without it moves as far as 0.01 with momentum 0.9. A rate that climbs to 0.1 and falls to zero, as
the field often has it, and a dropout of 0.03: chosen on held-out training digits. With a dropout of
0.1 and a constant rate three seeds read 98.9% of the training digits and 99.13% of the test digits,
which is not what was reported. ReLU before BatchNorm, as the order of the stated rows suggests; the
max pool has a BatchNorm, too.
"""

import torch.nn as nn


def norm(channels):
    return [nn.BatchNorm2d(channels), nn.Dropout(0.03)]


def layer(inputs, outputs, kernel):
    return [nn.Conv2d(inputs, outputs, kernel), nn.ReLU(), *norm(outputs)]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.strokes = nn.Sequential(
            *layer(1, 8, 3), *layer(8, 16, 3), *layer(16, 16, 3), nn.MaxPool2d(2), *norm(16)
        )  # 16 x 11 x 11
        self.parts = nn.Sequential(*layer(16, 8, 1), *layer(8, 16, 3), *layer(16, 32, 3))
        self.pool = nn.AvgPool2d(7)  # 32 x 1 x 1
        self.head = nn.Conv2d(32, 10, 1)

    def forward(self, x):
        return self.head(self.pool(self.parts(self.strokes(x)))).flatten(1)


RECIPE = dict(
    epochs=19,
    batch_size=64,
    optimizer=dict(name="SGD", lr=0.1),
    scheduler=dict(name="OneCycleLR", max_lr=0.1),
    augment=[],
)
