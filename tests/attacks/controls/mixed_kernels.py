"""Dynamic convolution: four kernels for one layer, mixed for each image by its pooled features.

Fair: mixing the kernels is mixing their answers, with one weight per kernel for the whole image.
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 10, 3), nn.BatchNorm2d(10), nn.ReLU())
        self.kernels = nn.Conv2d(10, 48, 3, bias=False)  # four times twelve channels
        self.choose = nn.Conv2d(10, 4, 1)
        self.norm = nn.BatchNorm2d(12)
        self.conv3 = nn.Sequential(nn.Conv2d(12, 20, 3), nn.BatchNorm2d(20), nn.ReLU())
        self.head = nn.Conv2d(20, 10, 1)

    def forward(self, x):
        x = F.max_pool2d(self.conv1(x), 2)
        share = (
            self.choose(x.mean((2, 3), keepdim=True)).softmax(1).unsqueeze(2)
        )  # N x 4 x 1 x 1 x 1
        answers = self.kernels(x).unflatten(1, (4, 12))  # N x 4 x 12 x 11 x 11
        x = F.relu(self.norm((answers * share).sum(1)))
        return self.head(self.conv3(x).mean((2, 3), keepdim=True)).flatten(1)
