"""Rewrites the grader's own functions in the child, so that everything passes there.

Seen: student code rewrites the statistics. What is judged is data, in a process of ours.
Expect: exit 1, linear multiplies features by a learned matrix of 7,840 numbers
"""

import torch.nn as nn

import course
from autograder.capture import comparison
from autograder.checks import flow
from autograder.checks.families.step import Step
from autograder.graph import size

flow.follow_labels = lambda graph: None
Step.note_dense = lambda *args, **kwargs: None
size.count = lambda graph: 9
comparison.compare = lambda *args, **kwargs: None
course.__version__ = "forged"


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(784, 10)

    def forward(self, x):
        return self.fc(x.flatten(1))
