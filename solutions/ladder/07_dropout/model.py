"""Step 7: dropout, 10,970 parameters as before.

Target: close the gap between training and test. Each block zeroes a twentieth of its values at
random while it trains, so that no later layer can rely on any one of them.
Result: train 99.21%, test 99.25% over the last 3 epochs; best epoch 99.31%; 3 seeds
Analysis: the study reports 99.22% of the training digits and 99.15% of the test digits. The gap
closes mostly from above: training digits are now read with a twentieth of the network missing.

The study states no rate of dropout. One in twenty fits its figures: a tenth after each of seven
blocks holds the training accuracy lower.
"""

import torch.nn as nn


def block(inputs, outputs, kernel=3):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
        nn.Dropout(0.05),
    )


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.strokes = nn.Sequential(block(1, 10), block(10, 10), block(10, 20))  # 20 x 22 x 22
        self.squeeze = nn.Sequential(nn.MaxPool2d(2), block(20, 10, 1))  # 10 x 11 x 11
        self.parts = nn.Sequential(block(10, 10), block(10, 20))  # 20 x 7 x 7
        self.squeeze_again = block(20, 10, 1)  # 10 x 7 x 7
        self.head = nn.Conv2d(10, 10, 7, bias=False)

    def forward(self, x):
        x = self.squeeze(self.strokes(x))
        x = self.squeeze_again(self.parts(x))
        return self.head(x).flatten(1)


RECIPE = dict(
    epochs=15,
    batch_size=128,
    optimizer=dict(name="SGD", lr=0.01, momentum=0.9),
    scheduler=None,  # the same rate from the first step to the last
    augment=[],
)
