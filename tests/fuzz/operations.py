"""Give every operation random arguments that its rules accept, and run what can be followed.

    python -m tests.fuzz.operations SEED DRAWS

Torch trusts its callers, so wrong arguments may crash the process: it must be one of its own.
A line is printed for every graph that `follow_labels` lets through and that then fails to run,
changes its shape or mixes its batch. The last line is `done` and the operations that ran.
"""

import json
import random
import sys
from typing import Any

import torch
from safetensors.torch import save

from autograder.checks.flow import follow_labels
from autograder.graph.arguments import Refused
from autograder.graph.network import Network
from autograder.graph.operations import OPERATIONS
from autograder.graph.reading import read
from tests.fuzz.guesses import Guesses

SHAPES = [
    *((), (1,), (4,), (8,), (10,), (4, 1), (8, 4), (28, 28), (784, 4), (4, 1, 3, 3), (8, 4, 1, 1)),
    *((4, 4, 3, 3), (1, 1, 28, 28), (4, 28, 28), (8, 1, 3, 3), (28,), (4, 784), (5, 1, 28, 28)),
]
STATISTICS = {"m4": 4, "v4": 4, "m1": 1, "v1": 1}


class Draw(Guesses):
    """Small graphs of random operations on random tensors."""

    def __init__(self, seed: int) -> None:
        generator = torch.Generator().manual_seed(seed)
        self.numbers = {
            f"w{i}": torch.randn(shape, generator=generator) for i, shape in enumerate(SHAPES)
        }
        super().__init__(random.Random(seed), self.numbers, STATISTICS)

    def document(self, name: str) -> bytes | None:
        """Draw a small graph that ends in this operation."""
        nodes: list[dict[str, Any]] = []
        if self.random.random() < 0.5:
            channels = {"input": {"value": 0}, "weight": {"tensor": "w9"}, "bias": None}
            sizes = {"stride": [1, 1], "padding": [1, 1], "dilation": [1, 1], "groups": 1}
            nodes.append({"op": "conv2d", "args": channels | sizes, "line": 1})
        if self.random.random() < 0.3 or name in ("addmm", "linear", "matmul"):
            flat = {"input": {"value": len(nodes)}, "start_dim": 2 - (not nodes), "end_dim": -1}
            nodes.append({"op": "flatten", "args": flat, "line": 1})
        last = self.node(name, len(nodes))
        if last is None:
            return None
        nodes.append(last)
        used = json.dumps(nodes)
        statistics = {k: v for k, v in STATISTICS.items() if f'"{k}"' in used}
        document = {"format": 1, "network": "Net", "nodes": nodes, "output": len(nodes)}
        return save(self.numbers, {"submission": json.dumps(document | {"statistics": statistics})})


def trouble(data: bytes) -> str | None:
    """Say what went wrong with a graph that was let through; None where it was refused."""
    try:
        graph = read(data).graph
        flow = follow_labels(graph).flows[-1]
    except Refused:
        return None
    network, x = Network(graph), torch.randn(7, 1, 28, 28)
    try:
        for mode in (True, False):
            scores = network.train(mode)(x)
            if tuple(scores.shape) != flow.shape:
                return f"has shape {tuple(scores.shape)}, not {flow.shape}"
            if scores.requires_grad and not flow.stored:
                scores.sum().backward()
        if flow.stored:
            return ""
        fewer = network(x[:3])
        if fewer.shape != (3, *flow.shape[1:]):
            return f"makes {tuple(fewer.shape)} of three images"
        pair = (fewer.nan_to_num(0, 0, 0), scores[:3].nan_to_num(0, 0, 0))
        if not torch.allclose(*pair, rtol=1e-2, atol=1e-2):
            return "mixes the batch"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def main(seed: int, draws: int) -> None:
    torch.set_num_threads(1)
    draw, ran, names = Draw(seed), set(), list(OPERATIONS)
    for number in range(draws):
        name = names[number % len(names)]
        data = draw.document(name)
        found = None if data is None else trouble(data)
        if found is not None:
            ran.add(name)
        if found:
            print(name, found, data[8:].partition(b'"w0"')[0] if data else "", flush=True)
    print("done", *sorted(set(names) - ran), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
