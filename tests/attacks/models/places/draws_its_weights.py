"""A dense layer whose matrix a convolution draws: its kernel slides over a lone one.

Seen: weights dressed as features, so that no stored tensor ever meets the image.
Expect: exit 1, it multiplies features by learned numbers per position
"""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.draw = nn.Conv2d(1, 10, 28)

    def forward(self, x):
        one = F.adaptive_avg_pool2d(x, 1) * 0 + 1
        weights = self.draw(F.pad(one, (27, 27, 27, 27)))  # (N, 10, 28, 28), all images' alike
        return (x * weights).sum((2, 3))
