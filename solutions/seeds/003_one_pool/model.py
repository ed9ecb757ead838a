"""Reference system 003: one max pool, dropout after every BatchNorm. Exactly 10,066 parameters.

Stated: every layer and its count; fewer than 20 epochs; ReLU; SGD at a rate of 0.1, batches of 64;
99.41% at epoch 17.
Result: train 99.61%, test 99.41% over the last 3 epochs; best epoch 99.43%; 3 seeds
Chosen: 19 epochs, the most that are fewer than 20. OneCycleLR as torch has it: the rate climbs to
0.1 and falls to zero, momentum goes from 0.95 down to 0.85 and back; and a dropout of 0.03. This
was chosen on held-out training digits, but it is the third recipe recorded: with a constant rate
and with one in steps, both without momentum, three seeds read 99.13% and 99.32% of the test digits,
less than was reported. ReLU before BatchNorm, as the order of the stated rows suggests; the max
pool has a BatchNorm, too.
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
