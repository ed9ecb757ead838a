"""Attention over 49 places, less for those further away: one learned slope for each head."""

import torch
import torch.nn as nn
import torch.nn.functional as F


def cbr(i, o, k=3, **kw):
    return nn.Sequential(nn.Conv2d(i, o, k, bias=False, **kw), nn.BatchNorm2d(o), nn.ReLU())


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(
            cbr(1, 10, 3, padding=1), nn.MaxPool2d(2), cbr(10, 16, 3, padding=1), nn.MaxPool2d(2)
        )
        self.qkv = nn.Conv2d(16, 48, 1, bias=False)
        self.slope = nn.Parameter(torch.tensor([0.1, 0.5]).view(1, 2, 1, 1))
        self.mix = nn.Conv2d(16, 16, 1)
        self.head = nn.Conv2d(16, 10, 1)

    def forward(self, x):
        x = self.stem(x)
        one = x.mean((1, 2, 3)).view(-1, 1, 1, 1) * 0 + 1
        ramp = F.interpolate(
            torch.cat([0 * one, 6 * one], 3), (1, 7), mode="bilinear", align_corners=True
        )
        col = ramp.expand(-1, 1, 7, 7).reshape(-1, 1, 49)
        row = ramp.transpose(2, 3).expand(-1, 1, 7, 7).reshape(-1, 1, 49)
        d = (row - row.transpose(1, 2)).square() + (
            col - col.transpose(1, 2)
        ).square()  # (N, 49, 49)
        q, k, v = self.qkv(x).view(-1, 6, 8, 49).split(2, 1)  # (N, 2, 8, 49)
        a = torch.softmax(q.transpose(2, 3) @ k / 8**0.5 - self.slope * d[:, None], 3)
        y = (v @ a.transpose(2, 3)).reshape(-1, 16, 7, 7)
        x = F.relu(x + self.mix(y))
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
