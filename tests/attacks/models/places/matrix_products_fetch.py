"""A row and a column, each one-hot, around the image: r X c is the pixel where they cross. The 25
pixels are joined as channels for a 1x1 convolution; no product has a stored matrix.

Learned numbers per place: 10 for each of 25 places, 250 of the 260 in all.

Expect: fails no-dense
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Conv2d(25, 10, 1)

    def forward(self, x):
        one = x.mean((2, 3), keepdim=True)[:, 0] * 0 + 1  # (N, 1, 1)
        x = F.adaptive_avg_pool2d(x, 5).squeeze(1)  # (N, 5, 5)
        picks = [F.pad(one, (i, 4 - i)) for i in range(5)]  # five of (N, 1, 5)
        rows = [torch.matmul(pick, x) for pick in picks]  # five of (N, 1, 5)
        found = [torch.matmul(row, pick.transpose(1, 2)) for row in rows for pick in picks]
        return self.head(torch.stack(found, 1).view(-1, 25, 1, 1)).flatten(1)
