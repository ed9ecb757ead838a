"""SqueezeNet's fire modules: squeeze to few channels, expand by kernels of one and three.

Fair: its last layer is a 1x1 kernel whose answers are averaged over all places.
"""

import torch
import torch.nn as nn


class Fire(nn.Module):
    def __init__(self, inputs, squeezed, expanded):
        super().__init__()
        self.squeeze = nn.Sequential(nn.Conv2d(inputs, squeezed, 1), nn.ReLU())
        self.one = nn.Conv2d(squeezed, expanded, 1)
        self.three = nn.Conv2d(squeezed, expanded, 3, padding=1)
        self.norm = nn.BatchNorm2d(2 * expanded)

    def forward(self, x):
        x = self.squeeze(x)
        return self.norm(torch.cat([self.one(x), self.three(x)], 1)).relu()


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 16, 3, stride=2),
            nn.ReLU(),
            Fire(16, 8, 16),
            Fire(32, 8, 16),
            nn.MaxPool2d(3, 2, ceil_mode=True),
            Fire(32, 10, 20),
            nn.Dropout(0.1),
            nn.Conv2d(40, 10, 1),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
        )

    def forward(self, x):
        return self.layers(x)
