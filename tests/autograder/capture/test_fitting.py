"""Trained weights are loaded into the student's own class, of the part of a file that makes it."""

import json
import re
from functools import cache
from pathlib import Path

import pytest

from autograder.capture import entry, fitting
from autograder.capture.excerpt import excerpt
from autograder.capture.running.source import Source
from autograder.graph.answer import read_answer
from autograder.graph.reorder import ready_to_train
from autograder.graph.trained import pack
from tests.helpers.models import SYSTEM_001

ZOO = Path(__file__).parents[2] / "zoo"


@cache
def answer(source: bytes) -> dict[str, object]:
    """Train a file's network not at all, and load that."""
    submission = read_answer(entry.main(b'{"net": null}\n' + source))
    weights = pack(submission, ready_to_train(submission.graph, 1))
    request = json.dumps({"net": None, "source": len(source)}).encode()
    told = json.loads(fitting.main(request + b"\n" + source + weights))
    return dict(told)


@pytest.mark.parametrize(
    ("name", "whole", "outside", "same"),
    [
        ("sequential", True, [], True),
        ("weight_normed", True, [], True),
        ("lazy", True, [], True),
        ("tied", False, [], True),  # one weight, which the class has under two names
        ("unused", False, [], True),  # layers that no image comes through
        ("global_weights", False, ["lifted_tensor_0"], False),  # a constant beside the class
    ],
)
def test_whether_a_class_takes_its_weights(
    name: str, whole: bool, outside: list[str], same: bool
) -> None:
    told = answer((ZOO / f"{name}.py").read_bytes())
    found = {key: told[key] for key in ("whole", "outside", "same")}
    assert found == {"whole": whole, "outside": outside, "same": same}


def test_a_file_that_only_makes_its_network_is_handed_out_as_it_is() -> None:
    source = (ZOO / "sequential.py").read_text()
    assert answer(source.encode())["script"] == source


def test_of_any_other_file_only_what_makes_the_network_is_handed_out() -> None:
    told = answer(SYSTEM_001.encode())  # which imports torchvision and tqdm, and uses neither
    script = str(told["script"])
    assert told["same"]
    imports = re.compile(r"from (torchvision|tqdm) .*\n")
    assert script.split() == imports.sub("", SYSTEM_001).split()


def test_a_file_that_runs_no_more_is_a_sentence() -> None:
    request = json.dumps({"net": None, "source": 13}).encode() + b"\n"
    told = json.loads(fitting.main(request + b"def missing(:"))
    assert "is not Python" in told["problem"]


AROUND = """
from __future__ import annotations
import torch, sys
import torch.nn as nn
from torch.nn import functional as F
from helpers import *

WIDTH = 8; DEPTH = 2
OPTIONS = {"bias": True}
OPTIONS["bias"] = False
unrelated = WIDTH * 3

# What every block is made of.
# It is small.
def block(x):
    return nn.Sequential(nn.Conv2d(x, WIDTH, 3, **OPTIONS))


@torch.no_grad()
def plot(net): print(net, unrelated)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList(block(1) for _ in range(DEPTH))

    def forward(self, x):
        return F.relu(x)

plot(Net())
if __name__ == "__main__":
    Net = None
Net.note = "mine"
"""
NEEDED = """
from __future__ import annotations

import torch.nn as nn
from torch.nn import functional as F
from helpers import *

WIDTH = 8; DEPTH = 2
OPTIONS = {"bias": True}
OPTIONS["bias"] = False


# What every block is made of.
# It is small.
def block(x):
    return nn.Sequential(nn.Conv2d(x, WIDTH, 3, **OPTIONS))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList(block(1) for _ in range(DEPTH))

    def forward(self, x):
        return F.relu(x)

Net.note = "mine"
"""


def test_a_class_needs_what_it_and_its_functions_name() -> None:
    assert excerpt(Source(AROUND.encode()), "Net") == NEEDED.lstrip()


def test_the_cells_of_a_notebook_become_one_script() -> None:
    notebook = {
        "nbformat": 4,
        "cells": [
            {"cell_type": "code", "source": "%matplotlib inline\nimport torch.nn as nn"},
            {"cell_type": "code", "source": "class Net(nn.Module):\n    pass\nnet = Net()"},
        ],
    }
    text = excerpt(Source(json.dumps(notebook).encode()), "Net")
    assert text == "import torch.nn as nn\n\n\nclass Net(nn.Module):\n    pass\n"


def test_a_class_that_needs_arguments_is_handed_out_with_the_files_own_call() -> None:
    source = """
import torch.nn as nn
from tqdm import tqdm
WIDTH = 10
class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv = nn.Conv2d(1, width, 3)
    def forward(self, x):
        return self.conv(x).mean((2, 3))
def main():
    for epoch in tqdm(range(3)):
        print(Net(WIDTH))
"""
    told = answer(source.encode())
    script = str(told["script"])
    assert told["same"]
    assert script.endswith("\n\nnet = Net(WIDTH)\n")
    assert "WIDTH = 10" in script
    assert "tqdm" not in script
