"""Covariance pooling: how the channels of the last map vary together, rooted entry by entry.

Fair: covariances are averages over all places of products of channels.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 10, 3), nn.BatchNorm2d(10), nn.ReLU())
        self.conv2 = nn.Sequential(nn.Conv2d(10, 14, 3), nn.BatchNorm2d(14), nn.ReLU())
        self.conv3 = nn.Sequential(nn.Conv2d(14, 14, 3), nn.BatchNorm2d(14))
        self.head = nn.Conv2d(210, 10, 1)

    def forward(self, x):
        x = self.conv3(self.conv2(F.max_pool2d(self.conv1(x), 2))).flatten(2)  # N x 14 x 81
        mean = x.mean(2, keepdim=True)
        covariance = torch.einsum("ncp,ndp->ncd", x - mean, x - mean) / 81
        covariance = covariance.sign() * (covariance.abs() + 1e-3).sqrt()
        both = torch.cat([covariance.flatten(1), mean.flatten(1)], 1)  # N x 210
        return self.head(both[:, :, None, None]).flatten(1)
