"""Selective kernels: a small and a large branch, and per channel the image decides between them.

Fair: the decision is made of globally pooled features and holds for the whole map of a channel.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 12, 3), nn.BatchNorm2d(12), nn.ReLU())
        self.small = nn.Sequential(nn.Conv2d(12, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU())
        self.large = nn.Sequential(
            nn.Conv2d(12, 16, 3, padding=2, dilation=2), nn.BatchNorm2d(16), nn.ReLU()
        )
        self.squeeze = nn.Sequential(nn.Conv2d(16, 8, 1), nn.ReLU(), nn.Conv2d(8, 32, 1))
        self.conv3 = nn.Sequential(nn.Conv2d(16, 18, 3), nn.BatchNorm2d(18), nn.ReLU())
        self.head = nn.Conv2d(18, 10, 1)

    def forward(self, x):
        x = F.max_pool2d(self.conv1(x), 2)
        both = torch.stack([self.small(x), self.large(x)], 1)  # N x 2 x 16 x 13 x 13
        choice = self.squeeze(both.sum(1).mean((2, 3), keepdim=True))
        choice = choice.reshape(-1, 2, 16, 1, 1).softmax(1)
        x = self.conv3(F.max_pool2d((both * choice).sum(1), 2))
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
