"""Quarter turns, swapped axes, a strip from the end, and a number written into forward.

Parameters: 201. Dense: no.
"""

import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 10, 3)
        self.head = nn.Conv2d(10, 10, 1, bias=False)

    def forward(self, x):
        x = torch.relu(self.conv(x).narrow(2, -20, 19))
        turned = torch.rot90(x, 1, (2, 3)).swapaxes(2, 3)
        twice = torch.rot90(x, 2, (-2, -1)).mT.mH.adjoint().mT + torch.rot90(x, 4, (2, 3))
        back = torch.rot90(x, -1, (2, 3)).swapdims(-1, 2)
        return self.head(turned * 0.5 + twice + torch.tensor(2.0) * back).amax((2, 3))
