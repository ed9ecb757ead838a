"""Weight standardisation with group norm: each kernel has mean 0 and deviation 1 before it is used.

Fair: a kernel's own mean and deviation are computed from its own numbers.
"""

import torch.nn as nn
import torch.nn.functional as F


class Standardised(nn.Conv2d):
    def forward(self, x):
        weight = self.weight - self.weight.mean((1, 2, 3), keepdim=True)
        weight = weight / (weight.std((1, 2, 3), keepdim=True) + 1e-5)
        return F.conv2d(x, weight / (weight[0].numel() ** 0.5), self.bias)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.norm1 = Standardised(1, 12, 3), nn.GroupNorm(3, 12)
        self.conv2, self.norm2 = Standardised(12, 20, 3), nn.GroupNorm(4, 20)
        self.conv3, self.norm3 = Standardised(20, 24, 3), nn.GroupNorm(4, 24)
        self.head = nn.Conv2d(24, 10, 1)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.norm1(self.conv1(x))), 2)
        x = F.max_pool2d(F.relu(self.norm2(self.conv2(x))), 2)
        x = F.relu(self.norm3(self.conv3(x)))
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
