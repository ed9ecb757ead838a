"""Step 2: fewer channels where the parameters are, 702,778 of them.

Target: a ninth of the parameters by one change: the last layers narrow from 256 channels to 128
and 16, where step 1 widened to 512 and 1024.
Result: train 99.76%, test 99.08% over the last 3 epochs; best epoch 99.18%; 1 seed
Analysis: the study reports about 700K parameters, 99.87% of the training digits and 99.13% of the
test digits, at epoch 14: 12 digits fewer than its step 1, as ours reads 10 fewer, too few to tell
two trainings apart. So nearly all of step 1 was not needed. It still overfits, by 0.7 points.

The study says "fewer channels at the end" and about 700K. Among narrow ends behind the four
layers of step 1, 128 and 16 come nearest.
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3, padding=1)
        self.conv2 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv3 = nn.Conv2d(64, 128, 3, padding=1)
        self.conv4 = nn.Conv2d(128, 256, 3, padding=1)
        self.conv5 = nn.Conv2d(256, 128, 3)
        self.conv6 = nn.Conv2d(128, 16, 3)
        self.conv7 = nn.Conv2d(16, 10, 3)

    def forward(self, x):
        x = F.relu(self.conv2(F.relu(self.conv1(x))))  # 64 x 28 x 28
        x = F.max_pool2d(x, 2)
        x = F.relu(self.conv4(F.relu(self.conv3(x))))  # 256 x 14 x 14
        x = F.max_pool2d(x, 2)
        x = F.relu(self.conv6(F.relu(self.conv5(x))))  # 16 x 3 x 3
        return self.conv7(x).flatten(1)


RECIPE = dict(
    epochs=15,
    batch_size=128,
    optimizer=dict(name="SGD", lr=0.01, momentum=0.9),
    scheduler=None,  # the same rate from the first step to the last
    augment=[],
)
