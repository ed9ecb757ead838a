"""Small networks for tests, written as what goes into __init__ and into forward."""

from functools import cache

from autograder.capture import entry
from autograder.graph.answer import read_answer
from autograder.graph.nodes import Graph

SKELETON = """import torch
import torch.nn as nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 10, 3, stride=4)
        self.head = nn.Conv2d(10, 10, 1)
"""


def source(forward: str, init: str = "pass") -> bytes:
    """Write a model.py whose self.conv makes (N, 10, 7, 7) and whose self.head mixes channels."""
    made = "".join(f"        {line}\n" for line in init.splitlines())
    body = "".join(f"        {line}\n" for line in forward.splitlines())
    return f"{SKELETON}{made}\n    def forward(self, x):\n{body}".encode()


@cache
def graph_of(forward: str, init: str = "pass") -> Graph:
    """Capture such a network."""
    return read_answer(entry.main(b'{"net": null}\n' + source(forward, init))).graph
