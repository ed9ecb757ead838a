"""7,578 parameters, no fully connected layer: the course's goal, held with a margin.

Target: the last step of the course: test a running mean of the weights, not the last ones.
Result: train 99.28%, test 99.53% over the last 3 epochs; best epoch 99.56%; 10 seeds
Analysis: two layers look at the whole digit, pooling halves it, two more look again, and one last
layer reads what is left; an average over all positions, then ten scores. Early layers have no
padding: the border of a digit is empty anyway. The mean lies nearer to the middle of a good place
than any one step does, so the test accuracy stops shaking before the rate is down. All ten seeds
pass; their epochs that count read between 9,946 and 9,964 digits.

The recorded runs are in result.json; to repeat them:

    autograde submit solutions/under_8k/model.py --seeds 10
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
    batch_size=64,
    optimizer=dict(name="SGD", lr=0.2, momentum=0.9, nesterov=True, weight_decay=1e-4),
    # Linear up for two epochs, then linear to zero: step 12 of the ladder says what it gains.
    scheduler=dict(
        name="OneCycleLR",
        max_lr=0.2,
        pct_start=0.15,
        anneal_strategy="linear",
        cycle_momentum=False,
    ),
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
    # What is tested is a running mean over about the last epoch's weights.
    average=dict(name="EMA", decay=0.99, every=10),
)
