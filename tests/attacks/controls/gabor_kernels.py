"""Gabor kernels from four parameters each: made by pointwise functions of stored ramps."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        r = torch.arange(7.0) - 3
        self.register_buffer("x", r.view(1, 1, 1, 7).repeat(8, 1, 7, 1))
        self.register_buffer("y", r.view(1, 1, 7, 1).repeat(8, 1, 1, 7))
        self.angle = nn.Parameter(torch.rand(8, 1, 1, 1) * 3)
        self.freq = nn.Parameter(torch.rand(8, 1, 1, 1) + 0.5)
        self.phase = nn.Parameter(torch.rand(8, 1, 1, 1))
        self.b = nn.Sequential(
            nn.BatchNorm2d(8),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 3),
            nn.BatchNorm2d(16),
            nn.ReLU(),
        )
        self.head = nn.Conv2d(16, 10, 1)

    def forward(self, x):
        u = self.x * torch.cos(self.angle) + self.y * torch.sin(self.angle)
        k = torch.exp(-(self.x.square() + self.y.square()) / 8) * torch.cos(
            u * self.freq + self.phase
        )
        x = self.b(F.conv2d(x, k))
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
