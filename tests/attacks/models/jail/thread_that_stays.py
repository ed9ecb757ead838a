"""Leaves a thread behind that writes to every pipe while the file is read.

Expect: exit 1, 25,010 parameters are 17,011 too many
"""

import os
import threading
import time

import torch.nn as nn


def write():
    while True:
        for fd in (1, 2):
            os.write(fd, b'{"passed": true}\n')
        time.sleep(0.01)


threading.Thread(target=write, daemon=True).start()


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 10, 50, padding=12)

    def forward(self, x):
        return self.conv(x).mean((2, 3))
