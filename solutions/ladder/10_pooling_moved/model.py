"""Step 10: the same 7,578 parameters with the pools moved.

Target: let the last layer see the whole digit. One pool after two layers, where strokes are
found, and one after four; step 9 had a single one after three.
Result: train 99.64%, test 99.24% over the last 3 epochs; best epoch 99.27%; 3 seeds
Analysis: pools store nothing, so the count stays; the multiply-adds halve, and the last kernels
see 24 of 28 rows instead of 16. Here that is worth a third of a percentage point. Now it knows
its training digits better than others, by 0.4: there is room for augmentation. The field reports
99.49% for its step of this name, as a best epoch and with 13,808 parameters.
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
    augment=[],
)
