"""A learned question for each digit: it looks at all places, and each digit's score is its answer.

Fair: a question is a vector over channels. It is compared with the features of each place, so
where a digit looks is up to the image.
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 12, 3), nn.BatchNorm2d(12), nn.ReLU())
        self.conv2 = nn.Sequential(nn.Conv2d(12, 16, 3), nn.BatchNorm2d(16), nn.ReLU())
        self.conv3 = nn.Sequential(nn.Conv2d(16, 20, 3), nn.BatchNorm2d(20), nn.ReLU())
        self.questions = nn.Conv2d(20, 10, 1, bias=False)
        self.values = nn.Conv2d(20, 10, 1)

    def forward(self, x):
        x = self.conv3(self.conv2(F.max_pool2d(self.conv1(x), 2)))  # 20 x 9 x 9
        look = self.questions(x).flatten(2).softmax(2)  # N x 10 x 81
        return (look * self.values(x).flatten(2)).sum(2)
