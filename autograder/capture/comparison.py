"""Check that the graph is the network: one graph for both modes, the same scores and gradients.

torch.export sees tensors alone, and what Python does beside them is lost. This check tells an
honest student so, before another network than theirs is graded. It defends against nothing.
"""

from dataclasses import dataclass, field
from itertools import zip_longest

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from autograder.graph.arguments import Argument, Reference, Refused, Value
from autograder.graph.network import Network
from autograder.graph.nodes import Graph
from autograder.problem import Problem

BATCH_SIZE = 4
LOST = "leave out custom autograd functions, random numbers and what is kept between calls"
SAME = "only dropout and BatchNorm may: leave out random numbers and what is kept between calls"


def images(count: int) -> Tensor:
    """Draw a batch of random images, always the same: (count, 1, 28, 28)."""
    return torch.randn(count, 1, 28, 28, generator=torch.Generator().manual_seed(count))


@dataclass(frozen=True)
class Step:
    """A node without what may differ between training and evaluation."""

    operation: str
    args: dict[str, Argument]
    at: str = field(compare=False)
    line: int | None = field(compare=False)


def steps(graph: Graph) -> list[Step]:
    """List a graph's nodes without dropout, without BatchNorm's mode and without a last softmax."""
    # In evaluation, `if self.training: x = F.dropout(x)` leaves no node at all, and later values
    # get other numbers. So values are numbered anew, by the steps that make them.
    became: dict[int, Reference] = {0: Value(0)}
    found: list[Step] = []

    def renumbered(arg: Argument) -> Argument:
        if isinstance(arg, tuple):
            return tuple(renumbered(item) for item in arg)
        return became[arg.index] if isinstance(arg, Value) else arg

    for index, node in enumerate(graph.nodes, start=1):
        if node.operation.family == "dropout":
            given = node.reference("input")
            became[index] = became[given.index] if isinstance(given, Value) else given
            continue
        args = {k: renumbered(v) for k, v in node.args.items() if k != node.operation.mode}
        found.append(Step(node.operation.name, args, node.at, node.line))
        became[index] = Value(len(found))
    while found and found[-1].operation in ("log_softmax", "softmax"):
        found.pop()  # scores, probabilities and their logarithms rank the digits alike
    return found


def check_end(graph: Graph) -> None:
    """Refuse a network that answers its training with probabilities."""
    last = graph.nodes[graph.output.index - 1]
    while last.operation.family == "reshape" and isinstance(
        given := last.reference("input"), Value
    ):
        last = graph.nodes[given.index - 1]
    if last.operation.name == "softmax":
        message = f"{last.at}the network answers with probabilities (softmax)"
        hint = "return the scores themselves, or use log_softmax: the loss does the rest"
        raise Problem("interface", message, hint, last.line)


@torch.no_grad()
def evaluates_as(network: nn.Module, graph: Graph) -> bool:
    """Return whether a network in evaluation gives its training graph's scores, to the last bit.

    If so, nothing is to be learned from recording it in evaluation, which takes as long as all the
    rest of a check.
    """
    rebuilt = Network(graph).eval()
    buffers = dict(nn.Module.named_buffers(network))
    for name in graph.statistics:
        if name not in buffers:
            return False
        getattr(rebuilt, rebuilt.names[name]).copy_(buffers[name])
    network.eval()
    for spread in (1, 10):  # as ordinary images, and far beyond: limits may lie there
        x = spread * images(BATCH_SIZE)
        try:
            ours, theirs = rebuilt(x), network(x)
        except (Exception, SystemExit):
            return False  # its record in evaluation says which line fails
        alike = isinstance(theirs, Tensor) and ours.dtype == theirs.dtype
        if not alike or not torch.equal(ours, theirs):
            return False
    return True


def check_evaluation(training: Graph, evaluation: Graph) -> None:
    """Refuse a network that differs in evaluation by more than dropout and BatchNorm."""
    for node in evaluation.nodes:
        mode = node.operation.mode
        if mode is None or not node.args[mode]:
            continue
        if node.operation.family == "dropout":
            message = f"{node.at}dropout is active in evaluation too"
            hint = "write F.dropout(x, p, training=self.training), or use nn.Dropout"
        else:
            message = f"{node.at}BatchNorm uses the batch's own statistics in evaluation"
            hint = "an answer may not depend on the other images: track running statistics"
        raise Problem("interface", message, hint, node.line)
    for one, other in zip_longest(steps(training), steps(evaluation)):
        if one != other:
            step = one or other
            message = f"{step.at}the network computes something else in evaluation"
            raise Problem("interface", message, SAME, step.line)


def compare(network: nn.Module, graph: Graph) -> None:
    """Check that the graph is the student's network: same scores, same gradients."""
    # One tensor for every run: a network that changes its images in place is found by that.
    x = images(BATCH_SIZE)
    try:
        rebuilt = Network(graph).train()
        first = scores_of(network.train(), x, graph)
        again = scores_of(network, x, graph)
        expected = {name: tensor.grad for name, tensor in graph.tensors.items()}
        ours = scores_of(rebuilt, x, graph)
    except Refused as refusal:
        raise Problem("interface", str(refusal)) from None
    if not first.isfinite().all():
        message = "some of the network's scores are not finite numbers"
        hint = "look for a root or a logarithm of what may be negative, and for a division by zero"
        raise Problem("interface", message, hint)
    if not close(again, first):
        message = "the network gives different scores when it is run twice"
        raise Problem("interface", message, LOST)
    if not close(ours, first):
        message = "the graph of this network gives different scores from the network itself"
        raise Problem("interface", message, LOST)
    for name, tensor in graph.tensors.items():
        gradient = getattr(rebuilt, rebuilt.names[name]).grad
        if tensor.requires_grad and not close(gradient, expected[name]):
            message = f"the graph of this network gives {name} a different gradient"
            raise Problem("interface", message, LOST)


def scores_of(network: nn.Module, x: Tensor, graph: Graph) -> Tensor:
    """Run a network on images `x` and leave gradients in its weights; dropout draws the same."""
    torch.manual_seed(0)
    for tensor in graph.tensors.values():  # the student's own weights, not copies
        tensor.grad = None
    scores: Tensor = network(x)  # (BATCH_SIZE, 10)
    if not scores.requires_grad:
        hint = "weights belong in nn.Parameter or a layer, where training finds them"
        raise Problem("interface", "the network has no parameter to train", hint)
    F.cross_entropy(scores, torch.arange(len(x))).backward()  # type: ignore[no-untyped-call]
    return scores


def close(ours: Tensor | None, theirs: Tensor | None) -> bool:
    """Compare two results of the same computation; one that is missing counts as zeros."""
    if ours is None or theirs is None:
        found = theirs if ours is None else ours
        return found is None or float(found.detach().abs().max()) < 1e-6
    # The graph may add numbers in another order, so the last digits may differ, and no others.
    limit = 1e-3 * float(theirs.detach().abs().max()) + 1e-5
    return ours.shape == theirs.shape and float((ours - theirs).detach().abs().max()) <= limit
