"""Reference system 002: two blocks of two 3x3 convolutions. Exactly 19,046 parameters.

Stated: no fully connected layer; two blocks of two 3x3 convolutions and a 2x2 max pool, with
transition blocks between; BatchNorm after every convolution, dropout at the end of each block;
adaptive average pooling before the prediction; SGD, batches of 32, 20 epochs; 99.41% at epoch 11.
Result: train 99.52%, test 99.47% over the last 3 epochs; best epoch 99.56%; 3 seeds
Chosen: 24 and 24 channels, squeezed to 10, 32 and 32, squeezed to 24, no bias but the head's: of
the plain layouts with channels that are usual, this one alone has the count. The stated receptive
field of 10x10 after the first block counts the pool as doubling 5x5; counted exactly it is 6x6.
A dropout of 0.05, SGD with a weight decay of 5e-4 and OneCycleLR as torch has it: the rate climbs
to 0.05 and falls to zero, momentum goes from 0.95 down to 0.85 and back. It was tried on held-out
training digits.
"""

import torch.nn as nn
import torch.nn.functional as F


def layer(inputs, outputs, kernel):
    return [nn.Conv2d(inputs, outputs, kernel, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]


def block(inputs, outputs):
    return nn.Sequential(
        *layer(inputs, outputs, 3), *layer(outputs, outputs, 3), nn.MaxPool2d(2), nn.Dropout(0.05)
    )


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.block1 = block(1, 24)  # 24 x 12 x 12
        self.transition1 = nn.Sequential(*layer(24, 10, 1))
        self.block2 = block(10, 32)  # 32 x 4 x 4
        self.transition2 = nn.Sequential(*layer(32, 24, 1))
        self.head = nn.Conv2d(24, 10, 1)

    def forward(self, x):
        x = self.transition1(self.block1(x))
        x = self.transition2(self.block2(x))
        x = self.head(F.adaptive_avg_pool2d(x, 1))  # (N, 10, 1, 1)
        return x.flatten(1)


RECIPE = dict(
    epochs=20,
    batch_size=32,
    optimizer=dict(name="SGD", lr=0.05, momentum=0.9, weight_decay=5e-4),
    scheduler=dict(name="OneCycleLR", max_lr=0.05),
    augment=[],
)
