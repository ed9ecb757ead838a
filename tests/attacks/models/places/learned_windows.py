"""Windows with four learned edges: steep sigmoids of two ramps, stretched a little by the ink, shut
out all but a few places, and what is in each window has ten numbers of its own.

Learned numbers per place: 4 edges and 10 scores for each of 60 windows, 840 of the 850 in all.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        middle = 1.6 * torch.rand(2, 60, 1, 1) - 0.8
        self.low = nn.Parameter(middle - 0.12)
        self.high = nn.Parameter(middle + 0.12)
        self.head = nn.Conv2d(60, 10, 1)

    def forward(self, x):
        one = F.adaptive_avg_pool2d(x, 1) * 0 + 1
        ends = torch.cat([-one, one], 3)
        ramp = F.interpolate(ends, (28, 28), mode="bilinear", align_corners=True)
        ramp = ramp * (1 + 0.05 * torch.tanh(F.adaptive_avg_pool2d(x.square(), 1)))
        inside = 1
        for axis, along in enumerate((ramp, ramp.transpose(2, 3))):
            inside = inside * torch.sigmoid(40 * (along - self.low[axis]))
            inside = inside * torch.sigmoid(40 * (self.high[axis] - along))  # (N, 60, 28, 28)
        return self.head((x * inside).mean((2, 3), keepdim=True) * 60).flatten(1)
