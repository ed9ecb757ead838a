"""Rewrites the grader's own functions in the child, so that everything passes there.

Seen: student code rewrites the statistics. What is judged is data, in a process of ours.
Expect: exit 1, linear multiplies features by a learned matrix of 7,840 numbers
"""

import torch.nn as nn

import course
from autograder.capture import comparison
from autograder.checks import flow, labels
from autograder.graph import nodes as graph

flow.follow = lambda graph: None
labels.Step.dense = lambda *args, **kwargs: None
graph.Graph.count = lambda self: 9
comparison.compare = lambda *args, **kwargs: None
course.__version__ = "forged"


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(784, 10)

    def forward(self, x):
        return self.fc(x.flatten(1))
