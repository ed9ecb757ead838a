"""A network that reports nine parameters, whoever asks.

Seen: self-reported counts trusted by a grader. The count comes from the graph.
Expect: exit 1, 25,170 parameters are 17,171 too many
"""

import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.wide = nn.Conv2d(1, 1000, 3, stride=3, bias=False)
        self.head = nn.Conv2d(1000, 16, 1, bias=False)
        self.last = nn.Conv2d(16, 10, 1)

    def parameters(self, recurse=True):
        return iter([torch.zeros(9, requires_grad=True)])

    def forward(self, x):
        return self.last(self.head(self.wide(x))).mean((2, 3))
