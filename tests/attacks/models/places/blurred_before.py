"""The image is blurred over squares of 11x11 pixels before single places of it are fetched: each
learned number sees a sixth of the image, and the 49 blurs are still 49 different views.

Learned numbers per place: 16 hidden units for each of 49 places, 784 of the 986 in all.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Conv2d(49, 16, 1, bias=False)
        self.norm = nn.BatchNorm2d(16)
        self.head = nn.Conv2d(16, 10, 1)

    def forward(self, x):
        one = F.adaptive_avg_pool2d(x, 1) * 0 + 1
        rows = torch.cat([F.pad(one, (0, 0, i, 6 - i)) for i in range(7)], 1)  # (N, 7, 7, 1)
        columns = rows.transpose(2, 3)
        places = torch.cat([rows[:, i : i + 1] * columns for i in range(7)], 1)  # (N, 49, 7, 7)
        x = F.avg_pool2d(x, 11, stride=4, padding=4)  # (N, 1, 7, 7), each the mean of 11x11
        x = self.hidden(3 * x * places).sum((2, 3), keepdim=True)
        return self.head(F.relu(self.norm(x))).flatten(1)
