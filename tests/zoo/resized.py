"""Padding, upsampling and cropping.

Parameters: 810. Dense: no.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.pad = nn.ZeroPad2d(2)
        self.conv1 = nn.Conv2d(1, 8, 3, stride=2)
        self.up = nn.Upsample(scale_factor=2)
        self.conv2 = nn.Conv2d(8, 10, 3, padding=1, padding_mode="reflect")

    def forward(self, x):
        x = self.conv1(self.pad(x))
        x = F.pad(self.up(x), (1, 1, 1, 1), mode="replicate")
        x = F.interpolate(x, size=(14, 14), mode="bilinear", align_corners=False)
        x = F.interpolate(x, scale_factor=0.5)
        return self.conv2(x).mean((2, 3))
