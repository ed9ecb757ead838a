"""Second-order pooling: products of two sets of channels at each place, averaged over all places.

Fair: a product of features belongs to a pair of channels; the places are summed away.
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 12, 3), nn.BatchNorm2d(12), nn.ReLU())
        self.conv2 = nn.Sequential(nn.Conv2d(12, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        self.left, self.right = nn.Conv2d(16, 12, 3), nn.Conv2d(16, 12, 1)
        self.norm = nn.BatchNorm2d(144)
        self.head = nn.Conv2d(144, 10, 1)

    def forward(self, x):
        x = self.conv2(F.max_pool2d(self.conv1(x), 2))  # 16 x 11 x 11
        left = self.left(x).flatten(2)  # N x 12 x 81
        right = self.right(x[:, :, 1:-1, 1:-1]).flatten(2)
        products = left @ right.transpose(1, 2) / 81  # N x 12 x 12
        return self.head(self.norm(products.reshape(-1, 144, 1, 1))).flatten(1)
