"""A neural cellular automaton: six steps of one small rule, then all places vote.

Fair: the rule is the same for every cell and every step.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.start = nn.Conv2d(1, 16, 3, stride=2, padding=1)
        self.look = nn.Conv2d(16, 32, 3, padding=1, groups=16, bias=False)
        self.think = nn.Conv2d(48, 40, 1)
        self.change = nn.Conv2d(40, 16, 1)
        nn.init.zeros_(self.change.bias)
        self.norm = nn.GroupNorm(1, 16)
        self.vote = nn.Conv2d(16, 10, 1)

    def forward(self, x):
        state = self.start(x)  # 16 x 14 x 14
        for _ in range(6):
            state = self.norm(state)
            seen = torch.cat([state, self.look(state)], 1)
            state = state + self.change(F.relu(self.think(seen)))
        return self.vote(state).mean((2, 3))
