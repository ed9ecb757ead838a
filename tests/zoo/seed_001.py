"""Reference system 001: 1-8-24, 8-16-24, 8-16-32 and a dense layer.

Parameters: 13,154. Dense: yes.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


def layer(a, b, kernel, padding=0):
    return nn.Sequential(
        nn.Conv2d(a, b, kernel, padding=padding, bias=False),
        nn.BatchNorm2d(b),
        nn.ReLU(),
        nn.Dropout2d(0.05),
    )


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.block1 = nn.Sequential(layer(1, 8, 3, 1), layer(8, 24, 3, 1), nn.MaxPool2d(2, 2))
        self.block2 = nn.Sequential(layer(24, 8, 1), layer(8, 16, 3), layer(16, 24, 3))
        self.block3 = nn.Sequential(layer(24, 8, 1), layer(8, 16, 3), layer(16, 32, 3))
        self.pool = nn.AvgPool2d(6)
        self.fc = nn.Linear(32, 10)

    def forward(self, x):
        x = self.pool(self.block3(self.block2(self.block1(x))))
        x = x.view(-1, 32)
        return F.log_softmax(self.fc(x), dim=1)
