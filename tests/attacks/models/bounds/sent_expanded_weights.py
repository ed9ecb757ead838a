"""Weights expanded from one number, four times 16 M of them, and the image not at all larger.

Expect: fails interface
"""

import json
import os

import torch
from safetensors.torch import save

RESULT = 3  # where a jailed child answers; this file answers for itself, and no capture tries it
NODES = []


def add(op, **args):
    """Write one operation; return a reference to its value."""
    NODES.append({"op": op, "args": args, "line": None})
    return {"value": len(NODES)}


def tensor(name):
    return {"tensor": name}


def conv(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    args = dict(stride=[stride] * 2, padding=[padding] * 2, dilation=[dilation] * 2, groups=groups)
    return add("conv2d", input=x, weight=weight, bias=bias, **args)


def resize(x, side):
    return add("upsample_nearest2d", input=x, output_size=[side, side])


def mean(x, dim=(2, 3)):
    return add("mean", input=x, dim=list(dim), keepdim=False)


def end(x, channels):
    """Ten scores from a map of so many channels."""
    scores = conv(add("mean", input=x, dim=[2, 3], keepdim=True), tensor("head"))
    TENSORS["head"] = torch.randn(10, channels, 1, 1) * 0.1
    add("flatten", input=scores, start_dim=1, end_dim=3)


def send():
    document = {"format": 1, "network": "Net", "recipe": RECIPE, "recipe_line": None, "notes": []}
    document |= {"nodes": NODES, "output": len(NODES), "statistics": {}}
    data = save(TENSORS, {"submission": json.dumps(document)})
    while data:
        data = data[os.write(RESULT, data) :]
    os._exit(0)


RECIPE, TENSORS = None, {}
IMAGES = {"value": 0}

TENSORS["one"] = torch.full((1, 1, 1, 1), 1e-4)
TENSORS["stem"] = torch.randn(4096, 1, 28, 28) * 0.03
x = conv(IMAGES, tensor("stem"))
for _ in range(4):
    weight = add("expand", input=tensor("one"), size=[4096, 4096, 3, 3])
    x = conv(x, weight, padding=1)
end(x, 4096)
send()
