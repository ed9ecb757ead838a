"""An in-place ReLU changes a tensor that is read again under its old name.

Parameters: 754. Dense: no.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3)
        self.conv2 = nn.Conv2d(8, 8, 3, padding=1)
        self.head = nn.Conv2d(8, 10, 1)

    def forward(self, x):
        before = self.conv1(x)
        after = F.relu_(before)
        x = self.conv2(after) + before
        x += before
        x *= 0.5
        x = F.dropout(x, 0.1, self.training, inplace=True)
        return self.head(x).mean(dim=(2, 3))
