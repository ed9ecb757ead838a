"""Step 11: mild augmentation, 7,578 parameters as before.

Target: show every digit a little turned, shifted and scaled, anew in each epoch.
Result: train 99.12%, test 99.33% over the last 3 epochs; best epoch 99.43%; 3 seeds
Analysis: training digits become harder and test digits do not, so the test accuracy rises above
the training accuracy: the gap of +0.4 is one of -0.2. Most of that is paid by the training digits,
a tenth of a percentage point is gained. At this constant rate the test accuracy still shakes: the
best epochs are that much above the mean of the last three.
"""

import torch.nn as nn
import torch.nn.functional as F


def block(inputs, outputs):
    # No bias: the norm behind it would subtract it again.
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()
    )


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.strokes = nn.Sequential(block(1, 8), block(8, 12), nn.MaxPool2d(2))  # 12 x 12 x 12
        self.parts = nn.Sequential(block(12, 16), block(16, 16), nn.MaxPool2d(2))  # 16 x 4 x 4
        self.digit = block(16, 16)  # 16 x 2 x 2
        self.head = nn.Conv2d(16, 10, 1)

    def forward(self, x):
        x = self.digit(self.parts(self.strokes(x)))
        x = self.head(F.adaptive_avg_pool2d(x, 1))  # (N, 10, 1, 1)
        return x.flatten(1)


RECIPE = dict(
    epochs=15,
    batch_size=128,
    optimizer=dict(name="SGD", lr=0.01, momentum=0.9),
    scheduler=None,  # the same rate from the first step to the last
    # Up to nine degrees, a pixel and a half and nine percent: a digit that a person still reads.
    augment=[
        dict(
            name="RandomAffine",
            degrees=9,
            translate=(0.054, 0.054),
            scale=(0.91, 1.09),
            interpolation="bilinear",
        )
    ],
)
