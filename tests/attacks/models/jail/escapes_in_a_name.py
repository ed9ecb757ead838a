"""The network's name would clear the screen and write a verdict of its own.

Expect: exit 1, linear multiplies features
"""

import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(784, 10)

    def forward(self, x):
        return self.fc(x.flatten(1))


Net.__name__ = Net.__qualname__ = "\x1b[2J\x1b[1;1H\x1b[32mpassed\x1b[0m\n\u202e"
