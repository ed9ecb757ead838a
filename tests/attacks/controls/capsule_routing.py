"""Capsules: at each place of the last map, votes for ten digits are routed by how well they agree.

Fair: the matrix that makes votes is a 1x1 convolution, one for all places; routing weighs places
by agreement with the mean, which the image decides and nothing learned.
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 12, 5), nn.BatchNorm2d(12), nn.ReLU())
        self.conv2 = nn.Sequential(nn.Conv2d(12, 20, 3), nn.BatchNorm2d(20), nn.ReLU())
        self.votes = nn.Conv2d(20, 40, 1)  # a vector of four for each digit

    def forward(self, x):
        x = self.conv2(F.max_pool2d(self.conv1(x), 2))  # 20 x 10 x 10
        votes = self.votes(x).reshape(-1, 10, 4, 100)
        digits = votes.mean(3, keepdim=True)
        for _ in range(2):
            agreement = (votes * digits).sum(2, keepdim=True).softmax(3)  # N x 10 x 1 x 100
            digits = (votes * agreement).sum(3, keepdim=True)
        return digits.square().sum(2).add(1e-6).sqrt().flatten(1)
