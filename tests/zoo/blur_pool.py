"""Anti-aliased pooling: a fixed kernel in a buffer counts as stored numbers.

Parameters: 882. Dense: no.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class BlurPool(nn.Module):
    def __init__(self, channels):
        super().__init__()
        row = torch.tensor([1.0, 2.0, 1.0])
        kernel = row[:, None] * row[None, :]
        self.register_buffer("kernel", (kernel / kernel.sum()).repeat(channels, 1, 1, 1))
        self.channels = channels

    def forward(self, x):
        x = F.pad(x, (1, 1, 1, 1), mode="reflect")
        return F.conv2d(x, self.kernel, stride=2, groups=self.channels)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3)
        self.blur = BlurPool(8)
        self.conv2 = nn.Conv2d(8, 10, 3)

    def forward(self, x):
        return self.conv2(self.blur(F.relu(self.conv1(x)))).mean((2, 3))
