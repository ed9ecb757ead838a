"""Files as students write them, for tests of the whole pipeline."""

TINY = """
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 6, 5, stride=2, bias=False)
        self.norm = nn.BatchNorm2d(6)
        self.head = nn.Conv2d(6, 10, 5)

    def forward(self, x):
        return self.head(self.norm(self.conv(x)).relu()).amax((2, 3))

RECIPE = dict(epochs=2, batch_size=500)
"""

# System 001 of the reference networks: 13,154 parameters, a dense layer at its end.
SYSTEM_001 = """
import torch.nn as nn
import torch.nn.functional as F
from torchvision import datasets, transforms
from tqdm import tqdm

def block(i, o, k, padding=0):
    return nn.Sequential(
        nn.Conv2d(i, o, k, padding=padding, bias=False),
        nn.BatchNorm2d(o), nn.ReLU(), nn.Dropout2d(0.05),
    )

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            block(1, 8, 3, 1), block(8, 24, 3, 1), nn.MaxPool2d(2),
            block(24, 8, 1), block(8, 16, 3), block(16, 24, 3),
            block(24, 8, 1), block(8, 16, 3), block(16, 32, 3), nn.AvgPool2d(6),
        )
        self.fc = nn.Linear(32, 10)

    def forward(self, x):
        x = self.body(x).view(-1, 32)
        return F.log_softmax(self.fc(x), dim=1)
"""
DENSE_LINE = SYSTEM_001.splitlines().index("        self.fc = nn.Linear(32, 10)") + 1
