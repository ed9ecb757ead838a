"""A 7x7 stem of stride 3, then only small kernels.

Fair: a large kernel over the image meets 64 places, far more than it has rows.
"""

import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 20, 7, stride=3, padding=1),
            nn.BatchNorm2d(20),
            nn.ReLU(),
            nn.Conv2d(20, 20, 3, padding=1),
            nn.BatchNorm2d(20),
            nn.ReLU(),
            nn.Conv2d(20, 16, 3, padding=1),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.AvgPool2d(8),
            nn.Conv2d(16, 10, 1),
            nn.Flatten(),
        )

    def forward(self, x):
        return self.layers(x)
