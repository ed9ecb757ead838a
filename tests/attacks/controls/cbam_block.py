"""CBAM: first a factor for each channel, then a factor for each place.

Fair: the factor of a place is read there by a 7x7 kernel that slides over the map; the image says
which places count.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 12, 3), nn.BatchNorm2d(12), nn.ReLU())
        self.conv2 = nn.Sequential(nn.Conv2d(12, 20, 3), nn.BatchNorm2d(20), nn.ReLU())
        self.shared = nn.Sequential(nn.Conv2d(20, 5, 1), nn.ReLU(), nn.Conv2d(5, 20, 1))
        self.look = nn.Conv2d(2, 1, 7, padding=3, bias=False)
        self.conv3 = nn.Sequential(nn.Conv2d(20, 20, 3), nn.BatchNorm2d(20), nn.ReLU())
        self.head = nn.Conv2d(20, 10, 1)

    def forward(self, x):
        x = self.conv2(F.max_pool2d(self.conv1(x), 2))
        mean, most = F.adaptive_avg_pool2d(x, 1), F.adaptive_max_pool2d(x, 1)
        x = x * torch.sigmoid(self.shared(mean) + self.shared(most))
        places = torch.cat([x.mean(1, keepdim=True), x.amax(1, keepdim=True)], 1)
        x = self.conv3(x * self.look(places).sigmoid())
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
