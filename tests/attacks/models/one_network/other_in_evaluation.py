"""Another, larger network where it is tested than where it is trained and counted.

Expect: exit 3, computes something else in evaluation
"""

import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.small = nn.Conv2d(1, 10, 3)
        self.large = nn.Conv2d(1, 10, 28)

    def forward(self, x):
        return (self.small(x) if self.training else self.large(x)).mean((2, 3))
