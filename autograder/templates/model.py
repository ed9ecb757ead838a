"""A network for MNIST. Try it: autograde check model.py, then autograde submit model.py."""

import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    """Images come in as (N, 1, 28, 28), standardised; ten scores for each go out: (N, 10)."""

    def __init__(self):
        super().__init__()
        # 3x3 kernels without padding: each layer sees two rows and columns more of the digit than
        # the one before it, and four more behind the pooling.
        # No bias where BatchNorm follows: it would only be subtracted again.
        self.conv1 = nn.Conv2d(1, 8, 3, bias=False)  # 8 x 26 x 26
        self.norm1 = nn.BatchNorm2d(8)
        self.conv2 = nn.Conv2d(8, 12, 3, bias=False)  # 12 x 24 x 24
        self.norm2 = nn.BatchNorm2d(12)
        self.conv3 = nn.Conv2d(12, 16, 3, bias=False)  # 16 x 10 x 10, after pooling
        self.norm3 = nn.BatchNorm2d(16)
        self.head = nn.Conv2d(16, 10, 1)  # a score for each digit, at each position

    def forward(self, x):
        x = F.relu(self.norm1(self.conv1(x)))
        x = F.relu(self.norm2(self.conv2(x)))
        x = F.max_pool2d(x, 2)
        x = F.relu(self.norm3(self.conv3(x)))
        x = F.adaptive_avg_pool2d(self.head(x), 1)  # 10 x 1 x 1: the mean over positions
        return x.flatten(1)  # 10


# How to train: names and arguments are torch.optim's, torch.optim.lr_scheduler's and
# torchvision.transforms's own. Leave a line out for its default.
RECIPE = dict(
    epochs=15,
    batch_size=64,
    optimizer=dict(name="SGD", lr=0.1, momentum=0.9, nesterov=True, weight_decay=1e-4),
    scheduler=dict(name="OneCycleLR", max_lr=0.1, pct_start=0.2),
    augment=[dict(name="RandomRotation", degrees=6, interpolation="bilinear")],
)
