"""A glimpse: the image is scaled about the point it attends to, by matrices made for each image.

Fair: point and scale are three numbers read from pooled features; the matrices follow from them by
arithmetic (DRAW's attention), and no learned number is in their entries.
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.look = nn.Sequential(nn.Conv2d(1, 8, 5, stride=2), nn.BatchNorm2d(8), nn.ReLU())
        self.aim = nn.Conv2d(8, 3, 1)
        self.conv1 = nn.Sequential(nn.Conv2d(1, 12, 3), nn.BatchNorm2d(12), nn.ReLU())
        self.conv2 = nn.Sequential(nn.Conv2d(12, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        self.conv3 = nn.Sequential(nn.Conv2d(16, 20, 3), nn.BatchNorm2d(20), nn.ReLU())
        self.head = nn.Conv2d(20, 10, 1)

    def forward(self, x):
        aim = self.aim(self.look(x).mean((2, 3), keepdim=True)).tanh()  # N x 3 x 1 x 1
        down, right, zoom = aim[:, 0:1], aim[:, 1:2], aim[:, 2:3]
        one = 0 * x.mean((2, 3), keepdim=True)
        old = F.interpolate(
            F.pad(one - 1, (0, 1), value=1.0), (1, 28), mode="bilinear", align_corners=True
        )
        new = F.interpolate(
            F.pad(one - 1, (0, 1), value=1.0), (1, 20), mode="bilinear", align_corners=True
        )
        size = 0.8 + 0.2 * zoom
        columns = (-80 * (new.transpose(2, 3) * size + 0.2 * right - old).square()).softmax(3)
        rows = (-80 * (new.transpose(2, 3) * size + 0.2 * down - old).square()).softmax(3)
        x = rows @ x @ columns.transpose(2, 3)  # N x 1 x 20 x 20
        x = self.conv3(self.conv2(F.max_pool2d(self.conv1(x), 2)))
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
