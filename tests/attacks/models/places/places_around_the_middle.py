"""Places counted from the middle of the ink, and not from the image's edge: the digit is read by a
dense layer wherever it stands. Over many images a number works at several pixels, in each at one.

Learned numbers per place: 10 for each of 49 places around the middle, 490 of the 500 in all.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Conv2d(49, 10, 1)

    def forward(self, x):
        ink = F.relu(x + 0.42) + 1e-4  # (N, 1, 28, 28)
        total = ink.mean((2, 3), keepdim=True)
        one = total * 0 + 1
        ends = torch.cat([one * -13.5, one * 13.5], 3)
        across = F.interpolate(ends, (28, 28), mode="bilinear", align_corners=True)
        down = across.transpose(2, 3)
        across = across - (ink * across).mean((2, 3), keepdim=True) / total
        down = down - (ink * down).mean((2, 3), keepdim=True) / total
        # Both count pixels from the middle. Seven hats along each axis, three pixels wide.
        columns = torch.cat([F.relu(1 - (across / 3 - k).abs()) for k in range(-3, 4)], 1)
        rows = [F.relu(1 - (down / 3 - k).abs()) for k in range(-3, 4)]
        places = torch.cat([row * columns for row in rows], 1)  # (N, 49, 28, 28)
        return self.head(x * places).mean((2, 3)) * 50
