"""A transposed convolution enlarges the map in the middle of the network.

Fair: it lays its kernel down at each of 49 places, the same numbers at each.
"""

import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 12, 4, stride=4),
            nn.BatchNorm2d(12),
            nn.ReLU(),
            nn.ConvTranspose2d(12, 16, 4, stride=2, padding=1),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.Conv2d(16, 20, 3),
            nn.BatchNorm2d(20),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(1),
            nn.Conv2d(20, 10, 1),
            nn.Flatten(),
        )

    def forward(self, x):
        return self.layers(x)
