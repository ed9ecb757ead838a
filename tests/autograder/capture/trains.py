"""A network in the middle of much else, as a student's script has it: 170 parameters.

test_running.py runs it. What ends in `# skipped` fails there, and nothing else does.
"""

import argparse
import os
import sys
import threading
import time

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
import utils
from torch.utils.data import DataLoader, random_split
from torch.utils.tensorboard import SummaryWriter  # skipped
from torchsummary import summary
from torchvision import datasets, transforms
from tqdm import tqdm
from utils import *

parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=3)
args = parser.parse_args()
torch.manual_seed(1)
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
os.makedirs("results")  # skipped
name = input("your name? ")  # skipped

transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
train_set = datasets.MNIST("data", train=True, download=True, transform=transform)
test_set = datasets.MNIST("data", train=False, transform=transform)
train_set, validation_set = random_split(train_set, [50_000, 10_000])
train_loader = DataLoader(train_set, batch_size=64, shuffle=True)
test_loader = DataLoader(test_set, batch_size=1000)
images, labels = next(iter(train_loader))
channels, classes = images.shape[1], len(test_set.classes)
print(len(train_loader), labels.shape)
mean = train_set.dataset.data.float().mean() / 255  # skipped
plt.imshow(images[0].numpy().squeeze())
figure, axes = plt.subplots(1, 2)  # skipped
axes[0].plot(mean)  # skipped

try:
    import wandb

    wandb.init(project="digits")
except ImportError:
    wandb = None

width = 8
width = width_of(mean)  # skipped


class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv = nn.Conv2d(channels, width, 3)
        self.head = nn.Conv2d(width, classes, 1)
        self.fc = nn.Linear(10, 10)

    def forward(self, x):
        return self.head(F.relu(self.conv(x))).mean((2, 3))


RECIPE = dict(epochs=args.epochs, batch_size=100)

model = Net(width).to(device)
summary(model, (1, 28, 28))
print(sum(p.numel() for p in model.parameters()))
optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=6)


def train(epoch):
    for batch, (x, y) in enumerate(tqdm(train_loader)):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x.to(device)), y.to(device))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())


losses, accuracies = [], []
for epoch in range(args.epochs):
    train(epoch)
    scheduler.step()  # skipped
for x, y in train_loader:
    loss = F.cross_entropy(model(x), y)
    loss.backward()  # skipped
with torch.no_grad():
    for x, y in test_loader:
        accuracies.append((model(x).argmax(1) == y).float().mean())  # skipped
print("best", max(losses))  # skipped
torch.save(model.state_dict(), "mnist.pt")  # skipped
model.load_state_dict(torch.load("mnist.pt"))  # skipped
plt.plot(losses)
plt.show()


class Stubborn(BaseException):
    def __str__(self):
        raise SystemExit


def deep(n):
    return deep(n + 1)


deep(0)  # skipped
raise Stubborn  # skipped
raise KeyboardInterrupt  # skipped
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
while True:
    try:
        time.sleep(0.1)
    except Exception:
        pass  # skipped
os.system("ls")
sys.exit("done")  # skipped

if __name__ == "__main__":
    train(1)
