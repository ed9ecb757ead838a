"""SELU, alpha dropout and LeCun's start: a network that keeps its scale without any norm.

Fair: there is nothing in it but convolutions that slide and one global mean.
"""

import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 12, 3),
            nn.SELU(),
            nn.Conv2d(12, 16, 3),
            nn.SELU(),
            nn.AvgPool2d(2),
            nn.Conv2d(16, 16, 3),
            nn.SELU(),
            nn.AlphaDropout(0.05),
            nn.Conv2d(16, 16, 3),
            nn.SELU(),
            nn.AdaptiveAvgPool2d(1),
            nn.Conv2d(16, 10, 1),
            nn.Flatten(),
        )
        for layer in self.layers:
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="linear")
                nn.init.zeros_(layer.bias)

    def forward(self, x):
        return self.layers(x)


RECIPE = {
    "optimizer": {"name": "SGD", "lr": 0.02},
    "scheduler": {"name": "OneCycleLR", "max_lr": 0.02},
}
