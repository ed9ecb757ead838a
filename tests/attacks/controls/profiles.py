"""Two profiles, the ink in each row and in each column, are read by kernels that slide along them.

Fair: profiles forget one axis and keep the other, and each kernel slides over its profile; at the
end both are averaged.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.edges = nn.Sequential(nn.Conv2d(1, 12, 5, padding=2), nn.BatchNorm2d(12), nn.ReLU())
        self.first = nn.Sequential(nn.Conv2d(24, 24, (5, 1)), nn.BatchNorm2d(24), nn.ReLU())
        self.second = nn.Sequential(nn.Conv2d(24, 24, (5, 1)), nn.BatchNorm2d(24), nn.ReLU())
        self.head = nn.Conv2d(48, 10, 1)

    def read(self, profile):
        return self.second(F.max_pool2d(self.first(profile), (2, 1))).mean((2, 3), keepdim=True)

    def forward(self, x):
        x = self.edges(x)
        rows = torch.cat([x.mean(3, keepdim=True), x.amax(3, keepdim=True)], 1)  # 24 x 28 x 1
        columns = torch.cat([x.mean(2, keepdim=True), x.amax(2, keepdim=True)], 1)
        both = [self.read(rows), self.read(columns.transpose(2, 3))]
        return self.head(torch.cat(both, 1)).flatten(1)
