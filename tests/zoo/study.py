"""A study's file: plots, summaries and several helpers around one Net.

Parameters: 802. Dense: no.
"""

from __future__ import print_function

import matplotlib.pyplot as plt
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torchsummary import summary
from torchvision import datasets, transforms
from tqdm import tqdm

plt.style.use("ggplot")
plt.rcParams["figure.figsize"] = (8, 4)
colour = plt.cm.viridis.colors[0]


print("starting")


class Block(nn.Module):
    def __init__(self, a, b, **extra):
        super().__init__()
        self.conv = nn.Conv2d(a, b, 3, **extra)

    def forward(self, x):
        return F.relu(self.conv(x))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = Block(1, 8, bias=False)
        self.b = Block(8, 10)

    def forward(self, x):
        for layer in tqdm([self.a, self.b]) if False else [self.a, self.b]:
            x = layer(x)
        return x.mean((2, 3))


def train(model, device, train_loader, optimizer):
    pbar = tqdm(train_loader)
    for data, target in pbar:
        pbar.set_description("loss")


summary(Net(), input_size=(1, 28, 28))
if __name__ == "__main__":
    train(Net(), "cpu", [], None)
