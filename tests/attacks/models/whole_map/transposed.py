"""A transposed convolution whose padding leaves one number of its result: that is the sum of the
whole map with the kernel, turned around. A frame of zeros hides how large the kernel is.

Learned numbers: 8 channels x 49 x 10, 3,920 of the 4,010 in all.

Expect: fails no-dense by strict
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3, padding=1)
        # Sides of 11 in, 11 - 1 + 7 - 2 x 8 = 1 out.
        self.head = nn.ConvTranspose2d(8, 10, 7, padding=8)

    def forward(self, x):
        x = F.adaptive_avg_pool2d(F.relu(self.conv(x)), 7)  # (N, 8, 7, 7)
        return self.head(F.pad(x, (2, 2, 2, 2))).flatten(1)
