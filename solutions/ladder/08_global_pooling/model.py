"""Step 8: an average over all places instead of the 7x7 kernel, 6,070 parameters.

Target: give up the last layer that knows places. Each of the ten maps is averaged to one score.
Result: train 98.31%, test 98.61% over the last 3 epochs; best epoch 98.71%; 3 seeds
Analysis: the field reports 98.54% of the test digits for this step. It is no proof against global
pooling: the head took 4,900 of 10,970 numbers with it, and ten maps behind a ReLU have to
be the scores themselves. Train and test accuracy are both low, train even lower: what is left is
too small or learns too slowly, and dropout no longer has anything to cure.
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
        self.scores = block(20, 10, 1)  # 10 x 7 x 7, one map for each digit

    def forward(self, x):
        x = self.squeeze(self.strokes(x))
        x = self.scores(self.parts(x))
        return x.mean((2, 3))


RECIPE = dict(
    epochs=15,
    batch_size=128,
    optimizer=dict(name="SGD", lr=0.01, momentum=0.9),
    scheduler=None,  # the same rate from the first step to the last
    augment=[],
)
