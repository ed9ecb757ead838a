"""Soft assignment to twelve learned words, and how often each word occurs, as in VLAD.

Fair: a word is a vector over channels; occurrences are summed over all places.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 10, 3), nn.BatchNorm2d(10), nn.ReLU())
        self.conv2 = nn.Sequential(nn.Conv2d(10, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        self.conv3 = nn.Sequential(nn.Conv2d(16, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        self.assign = nn.Conv2d(16, 12, 1)
        self.words = nn.Parameter(0.1 * torch.randn(1, 12, 16))
        self.head = nn.Conv2d(192, 10, 1)

    def forward(self, x):
        x = self.conv3(self.conv2(F.max_pool2d(self.conv1(x), 2)))
        share = self.assign(x).softmax(1).flatten(2)  # N x 12 x 81
        sums = share @ x.flatten(2).transpose(1, 2)  # N x 12 x 16
        rest = (sums - share.sum(2, keepdim=True) * self.words) / 81
        return self.head(rest.reshape(-1, 192, 1, 1)).flatten(1)
