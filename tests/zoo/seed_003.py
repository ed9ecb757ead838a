"""Reference system 003: exactly 10,066 parameters.

Parameters: 10,066. Dense: no.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self, p=0.1):
        super().__init__()

        def norm(channels):
            return [nn.BatchNorm2d(channels), nn.Dropout(p)]

        self.features = nn.Sequential(
            *(nn.Conv2d(1, 8, 3), nn.ReLU(), *norm(8)),
            *(nn.Conv2d(8, 16, 3), nn.ReLU(), *norm(16)),
            *(nn.Conv2d(16, 16, 3), nn.ReLU(), *norm(16)),
            *(nn.MaxPool2d(2, 2), *norm(16)),
            *(nn.Conv2d(16, 8, 1), nn.ReLU(), *norm(8)),
            *(nn.Conv2d(8, 16, 3), nn.ReLU(), *norm(16)),
            *(nn.Conv2d(16, 32, 3), nn.ReLU(), *norm(32)),
        )
        self.gap = nn.AvgPool2d(7)
        self.head = nn.Conv2d(32, 10, 1)

    def forward(self, x):
        x = self.head(self.gap(self.features(x)))
        x = x.view(-1, 10)
        return F.log_softmax(x, dim=-1)
