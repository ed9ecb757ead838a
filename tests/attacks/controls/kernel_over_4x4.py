"""The last 3x3 kernel slides over a 4x4 map without padding: four places, then their mean.

Fair, at the edge: each of its numbers meets four places of sixteen, as in the course's own network.
"""

import torch.nn as nn
import torch.nn.functional as F


def layer(inputs, outputs):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()
    )


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = layer(1, 10), layer(10, 14)
        self.conv3, self.conv4, self.conv5 = layer(14, 14), layer(14, 14), layer(14, 12)
        self.head = nn.Conv2d(12, 10, 1)

    def forward(self, x):
        x = F.max_pool2d(self.conv2(self.conv1(x)), 2)  # 14 x 12 x 12
        x = F.max_pool2d(self.conv4(self.conv3(x)), 2)  # 14 x 4 x 4
        x = self.conv5(x)  # 12 x 2 x 2
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
