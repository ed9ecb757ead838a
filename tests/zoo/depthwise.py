"""Depthwise separable convolutions with ReLU6.

Parameters: 1,874. Dense: no.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


def separable(a, b, stride=1):
    return nn.Sequential(
        nn.Conv2d(a, a, 3, stride, 1, groups=a, bias=False),
        nn.BatchNorm2d(a),
        nn.ReLU6(inplace=True),
        nn.Conv2d(a, b, 1, bias=False),
        nn.BatchNorm2d(b),
        nn.ReLU6(inplace=True),
    )


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 8, 3), separable(8, 16, 2), separable(16, 16), separable(16, 32, 2)
        )
        self.classifier = nn.Conv2d(32, 10, 1)

    def forward(self, x):
        x = self.features(x)
        x = F.adaptive_avg_pool2d(x, (1, 1))
        return torch.flatten(self.classifier(x), 1)
