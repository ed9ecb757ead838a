"""Places found by comparing two ramps, one over the map and one over 49 channels: the sign of what
is left of 1 after their distance is a one-hot map, and a 1x1 convolution has a number for each.

Learned numbers per place: 10, 490 of the 500 in all.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


def ramp(one, steps):
    """Count 0, 1, 2 … along the last axis: (N, 1, 1, steps)."""
    ends = torch.cat([one * 0, one * (steps - 1)], 3)
    return F.interpolate(ends, (1, steps), mode="bilinear", align_corners=True)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Conv2d(49, 10, 1)

    def forward(self, x):
        one = F.adaptive_avg_pool2d(x, 1) * 0 + 1  # (N, 1, 1, 1)
        small = F.adaptive_avg_pool2d(x, 7)
        count = ramp(one, 49)  # (N, 1, 1, 49)
        place = count.view(-1, 1, 7, 7)
        channel = count.view(-1, 49, 1, 1)
        equal = torch.sign(F.relu(0.5 - (place - channel).abs()))  # (N, 49, 7, 7)
        return self.head(small * equal).sum((2, 3))
