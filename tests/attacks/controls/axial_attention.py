"""Attention along the rows and then along the columns, with convolutions between.

Fair: places of one row compare their features with each other; no number belongs to a column.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class AlongRows(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.make = nn.Conv2d(width, 2 * 6 + width, 1)
        self.width = width

    def forward(self, x):
        q, k, v = torch.split(self.make(x), [6, 6, self.width], 1)
        q, k, v = (part.permute(0, 2, 3, 1) for part in (q, k, v))  # N x rows x columns x channels
        weight = (q @ k.transpose(2, 3) / 6**0.5).softmax(3)
        return x + (weight @ v).permute(0, 3, 1, 2)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 10, 3), nn.BatchNorm2d(10), nn.ReLU())
        self.conv2 = nn.Sequential(nn.Conv2d(10, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        self.rows, self.columns = AlongRows(16), AlongRows(16)
        self.conv3 = nn.Sequential(nn.Conv2d(16, 20, 3), nn.BatchNorm2d(20), nn.ReLU())
        self.head = nn.Conv2d(20, 10, 1)

    def forward(self, x):
        x = self.conv2(F.max_pool2d(self.conv1(x), 2))  # 16 x 11 x 11
        x = self.columns(self.rows(x).transpose(2, 3)).transpose(2, 3)
        return self.head(self.conv3(F.relu(x)).mean((2, 3), keepdim=True)).flatten(1)
