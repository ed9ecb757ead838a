"""Coordinate attention: factors for rows and for columns, each made of the map pooled across.

Fair: the 1x1 kernels that make them are the same for every row and every column; which row is
bright comes from the image.
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 12, 3), nn.BatchNorm2d(12), nn.ReLU())
        self.conv2 = nn.Sequential(nn.Conv2d(12, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        self.squeeze = nn.Sequential(nn.Conv2d(16, 8, 1), nn.BatchNorm2d(8), nn.Hardswish())
        self.rows, self.columns = nn.Conv2d(8, 16, 1), nn.Conv2d(8, 16, 1)
        self.conv3 = nn.Sequential(nn.Conv2d(16, 24, 3), nn.BatchNorm2d(24), nn.ReLU())
        self.head = nn.Conv2d(24, 10, 1)

    def forward(self, x):
        x = self.conv2(F.max_pool2d(self.conv1(x), 2))  # 16 x 11 x 11
        rows = self.rows(self.squeeze(x.mean(3, keepdim=True))).sigmoid()  # 16 x 11 x 1
        columns = self.columns(self.squeeze(x.mean(2, keepdim=True))).sigmoid()  # 16 x 1 x 11
        x = self.conv3(x * rows * columns)
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
