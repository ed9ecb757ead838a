"""Every kind of padding in one network: circular, reflected, replicated, and one of minus a half.

Fair: what lies beyond the border is made of the map, or is one fixed number.
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 12, 3, padding=1, padding_mode="circular")
        self.conv2 = nn.Conv2d(12, 16, 3, padding=1, padding_mode="reflect")
        self.conv3 = nn.Conv2d(16, 20, 3, padding=1, padding_mode="replicate")
        self.norms = nn.ModuleList([nn.BatchNorm2d(width) for width in (12, 16, 20)])
        self.head = nn.Conv2d(20, 10, 1)

    def forward(self, x):
        x = self.conv1(F.pad(x, (1, 1, 1, 1), value=-0.5))
        x = F.max_pool2d(F.relu(self.norms[0](x)), 2)
        x = F.max_pool2d(F.relu(self.norms[1](self.conv2(x))), 2)
        x = F.relu(self.norms[2](self.conv3(x)))
        return self.head(x.mean((2, 3), keepdim=True)).flatten(1)
