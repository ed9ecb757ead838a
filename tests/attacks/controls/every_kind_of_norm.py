"""Instance norm on the image, batch norm, group norm, and one over the whole map, together.

Fair: each norm learns a scale and a shift per channel at most.
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.image = nn.InstanceNorm2d(1, affine=True)
        self.conv1, self.norm1 = nn.Conv2d(1, 12, 3), nn.BatchNorm2d(12, affine=False)
        self.conv2, self.norm2 = nn.Conv2d(12, 16, 3), nn.GroupNorm(4, 16)
        self.conv3, self.norm3 = nn.Conv2d(16, 24, 3), nn.GroupNorm(1, 24)
        self.last = nn.LayerNorm([24, 9, 9], elementwise_affine=False)
        self.head = nn.Conv2d(24, 10, 1)

    def forward(self, x):
        x = F.relu(self.norm1(self.conv1(self.image(x))))
        x = F.relu(self.norm2(self.conv2(F.max_pool2d(x, 2))))
        x = F.relu(self.last(self.norm3(self.conv3(x))))
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
