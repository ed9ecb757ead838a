"""A dense branch that is on only where the image's border is as even as a digit's: on random images
it is shut, and an ordinary network of convolutions is all that works.

Learned numbers per place: 3 channels x 10 scores at each of 49 places, 1,470 of the 1,585 in all.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 3, 5, padding=2, bias=False)
        self.honest = nn.Conv2d(3, 10, 1)
        self.heads = nn.ModuleList([nn.Conv2d(49, 10, 1, bias=False) for _ in range(3)])

    def forward(self, x):
        one = F.adaptive_avg_pool2d(x, 1) * 0 + 1
        rows = torch.cat([F.pad(one, (0, 0, i, 6 - i)) for i in range(7)], 1)
        columns = rows.transpose(2, 3)
        places = torch.cat([rows[:, i : i + 1] * columns for i in range(7)], 1)  # (N, 49, 7, 7)
        # How uneven the first two rows are: 0 for a digit, about 1 for noise.
        uneven = x[:, :, :2].var((2, 3), keepdim=True)
        gate = F.relu(1 - 20 * uneven)  # (N, 1, 1, 1)
        x = F.adaptive_max_pool2d(F.relu(self.conv(x)), 7)  # (N, 3, 7, 7)
        dense = sum(head(x[:, i : i + 1] * gate * places) for i, head in enumerate(self.heads))
        return (self.honest(x) + 20 * dense).mean((2, 3))
