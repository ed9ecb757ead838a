"""Step 4: the same 48,922 parameters, with the padding in the middle and a third pool.

Target: let the maps shrink where they are large. No padding in the first two layers, padding in
the next four, and a third max pool just before the prediction.
Result: train 99.66%, test 99.04% over the last 3 epochs; best epoch 99.14%; 3 seeds
Analysis: the study states no figures here. The border of a digit's image is empty, so the first
layers lose nothing without padding. Padding and pools store nothing: the count stays while the
layers in the middle see maps of 12x12 and 6x6. Measured, the two steps cannot be told apart: their
means differ by less than their seeds do. But this one does a fifth fewer multiply-adds.
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3)
        self.conv2 = nn.Conv2d(8, 16, 3)
        self.conv3 = nn.Conv2d(16, 32, 3, padding=1)
        self.conv4 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv5 = nn.Conv2d(64, 32, 3, padding=1)
        self.conv6 = nn.Conv2d(32, 16, 3, padding=1)
        self.conv7 = nn.Conv2d(16, 10, 3)

    def forward(self, x):
        x = F.relu(self.conv2(F.relu(self.conv1(x))))  # 16 x 24 x 24
        x = F.max_pool2d(x, 2)
        x = F.relu(self.conv4(F.relu(self.conv3(x))))  # 64 x 12 x 12
        x = F.max_pool2d(x, 2)
        x = F.relu(self.conv6(F.relu(self.conv5(x))))  # 16 x 6 x 6
        x = F.max_pool2d(x, 2)  # 16 x 3 x 3
        return self.conv7(x).flatten(1)


RECIPE = dict(
    epochs=15,
    batch_size=128,
    optimizer=dict(name="SGD", lr=0.01, momentum=0.9),
    scheduler=None,  # the same rate from the first step to the last
    augment=[],
)
