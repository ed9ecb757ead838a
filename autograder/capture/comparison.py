"""Check that the graph is the network: one graph for both modes, the same scores and gradients.

torch.export loses what Python does beside tensors. This is a diagnosis for honest students, so
that nobody's network is graded as another one; it defends against nothing.
"""

from itertools import zip_longest
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from autograder.graph.arguments import Refused, Value
from autograder.graph.nodes import Graph, Network
from autograder.problem import Problem

BATCH = 4
LOST = "custom autograd functions, random numbers and state kept between calls are lost"


def images(count: int) -> Tensor:
    """Draw a batch of stand-in images: (count, 1, 28, 28)."""
    return torch.randn(count, 1, 28, 28, generator=torch.Generator().manual_seed(count))


def without_modes(graph: Graph) -> list[tuple[str, Any, int | None]]:
    """Write a graph in a form that dropout and BatchNorm's mode do not change, with lines."""
    numbers: dict[int, int] = {0: 0}
    rows: list[tuple[str, Any, int | None]] = []

    def renumbered(arg: Any) -> Any:
        if isinstance(arg, tuple):
            return tuple(renumbered(item) for item in arg)
        return Value(numbers[arg.index]) if isinstance(arg, Value) else arg

    for index, node in enumerate(graph.nodes, start=1):
        if node.operation.family == "dropout":
            numbers[index] = numbers[node.args["input"].index]
            continue
        args = {k: renumbered(v) for k, v in node.args.items() if k != node.operation.mode}
        rows.append((node.operation.name, args, node.line))
        numbers[index] = len(rows)
    while rows and rows[-1][0] in ("log_softmax", "softmax"):
        rows.pop()  # scores, probabilities and their logarithms rank the digits alike
    return rows


def one_graph(training: Graph, evaluation: Graph) -> Graph:
    """Return the training graph, of which evaluation may differ by dropout and BatchNorm alone."""
    last = training.nodes[training.output.index - 1]
    if last.operation.name == "softmax":
        message = f"line {last.line}: the network answers with probabilities (softmax)"
        hint = "return the scores themselves, or use log_softmax: the loss does the rest"
        raise Problem("interface", message, hint, last.line)
    for node in evaluation.nodes:
        mode = node.operation.mode
        if mode is None or not node.args[mode]:
            continue
        if node.operation.family == "dropout":
            message = f"line {node.line}: dropout is active in evaluation too"
            hint = "write F.dropout(x, p, training=self.training), or use nn.Dropout"
        else:
            message = f"line {node.line}: BatchNorm uses the batch's own statistics in evaluation"
            hint = "an answer may not depend on the other images: track running statistics"
        raise Problem("interface", message, hint, node.line)
    for ours, theirs in zip_longest(without_modes(training), without_modes(evaluation)):
        if ours is None or theirs is None or ours[:2] != theirs[:2]:
            line = (ours or theirs)[2]
            message = f"line {line}: the network computes something else in evaluation"
            hint = "only dropout and BatchNorm may differ; random numbers in forward do too"
            raise Problem("interface", message, hint, line)
    return training


def compare(network: nn.Module, graph: Graph) -> None:
    """Check that the graph is the student's network: same scores, same gradients."""
    try:
        rebuilt = Network(graph).train()
        x, labels = images(BATCH), torch.arange(BATCH)
        scores = []
        for net in (network.train(), network, rebuilt):
            torch.manual_seed(0)
            for tensor in graph.tensors.values():
                tensor.grad = None
            scores.append(net(x))
            if not scores[-1].requires_grad:
                hint = "weights belong into nn.Parameter or a layer, where training finds them"
                raise Problem("interface", "the network has no parameter to train", hint)
            F.cross_entropy(scores[-1], labels).backward()  # type: ignore[no-untyped-call]
            if net is network:
                theirs = {name: tensor.grad for name, tensor in graph.tensors.items()}
    except Refused as refusal:
        raise Problem("interface", str(refusal)) from None
    if not close(scores[1], scores[0]):
        message = "the network gives other scores when it is asked twice"
        raise Problem("interface", message, LOST)
    if not close(scores[2], scores[0]):
        message = "the graph of this network gives other scores than the network itself"
        raise Problem("interface", message, LOST)
    for name, tensor in graph.tensors.items():
        ours = getattr(rebuilt, rebuilt.names[name]).grad
        if tensor.requires_grad and not close(ours, theirs[name]):
            message = f"the graph of this network gives {name} another gradient than the network"
            raise Problem("interface", message, LOST)


def close(ours: Tensor | None, theirs: Tensor | None) -> bool:
    """Compare two results of the same computation, either of which may be missing: zeros."""
    if ours is None or theirs is None:
        found = theirs if ours is None else ours
        return found is None or float(found.detach().abs().max()) < 1e-6
    limit = 1e-3 * float(theirs.detach().abs().max()) + 1e-5
    return ours.shape == theirs.shape and float((ours - theirs).detach().abs().max()) <= limit
