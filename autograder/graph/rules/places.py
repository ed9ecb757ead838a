"""Moves of places that nothing after them can tell, and sums over places however they are written.

A map that is rolled or mirrored, and then averaged as a whole, has the average that it had. So a
move goes behind whatever treats all places alike, until a sum over the moved axes swallows it.
"""

import math

from autograder.graph.arguments import Reference
from autograder.graph.nodes import Node
from autograder.graph.rules.activations import MOVES, act_first
from autograder.graph.rules.arithmetic import is_number
from autograder.graph.rules.builder import Builder, Rule, Shape, changed, make, positive, source

MAP = (2, 3)  # the axes of places in (N, C, H, W)


def alike_at_all_places(b: Builder, node: Node) -> Reference | None:
    """Move places behind a layer that treats all of them alike."""
    move = b.producer(node.args["input"], *MOVES)
    if move is None or len(b.shape(source(move))) != 4 or not set(move.integers("dims")) <= {*MAP}:
        return None
    if node.operation.name == "conv2d":
        kernel = b.shape(node.args["weight"])[2:]
        still = node.args["padding"] == (0, 0) and node.args["stride"] == (1, 1)
        if kernel != (1, 1) or not still:
            return None
    return act_first(b, node)


def swallow(b: Builder, node: Node) -> Node | None:
    """Drop a move along axes that are then reduced as a whole."""
    move = b.producer(source(node), *MOVES)
    if move is None or not set(move.integers("dims")) <= reduced(b, node):
        return None
    return changed(node, input=source(move))


def reduced(b: Builder, node: Node) -> set[int]:
    """Return the axes that a reduction is over."""
    rank = len(b.shape(source(node)))
    return {positive(dim, rank) for dim in node.integers("dim")}


# ---- one reduction for several -------------------------------------------------------------------


def unflattened(b: Builder, node: Node) -> Reference | None:
    """Reduce over the axes that a reshape has joined, as they were before it."""
    inner = b.producer(source(node), "reshape")
    if inner is None or not node.args["keepdim"]:
        return None
    before, after = b.shape(source(inner)), b.shape(source(node))
    joined = axes_behind(before, after)
    dims = reduced(b, node)
    if joined is None or not any(len(joined[dim]) > 1 for dim in dims):
        return None
    over = tuple(axis for dim in sorted(dims) for axis in joined[dim])
    kept = b.emit(
        node.operation.name, {**node.args, "input": source(inner), "dim": over}, node.line
    )
    size = [1 if dim in dims else side for dim, side in enumerate(b.size(source(node)))]
    return b.reshape(kept, tuple(size), node.line)


def axes_behind(before: Shape, after: Shape) -> list[list[int]] | None:
    """Say which axes a reshape has joined to each axis; None if it has split any."""
    joined, at = [], 0
    for side in after:
        group: list[int] = []
        while at < len(before) and (not group or math.prod(before[i] for i in group) < side):
            group.append(at)
            at += 1
        while side != 1 and at < len(before) and before[at] == 1:  # of length one: no matter whose
            group.append(at)
            at += 1
        if math.prod(before[i] for i in group) != side:
            return None
        joined.append(group)
    return joined if at == len(before) else None


def mean_of_means(b: Builder, node: Node) -> Node | None:
    """Write a mean over one axis, then over another, as one over both; a sum likewise."""
    inner = b.producer(source(node), node.operation.name)
    if inner is None or not (node.args["keepdim"] and inner.args["keepdim"]):
        return None
    dims = tuple(sorted(reduced(b, node) | reduced(b, inner)))
    return changed(node, input=source(inner), dim=dims)


def sum_over_count(b: Builder, node: Node) -> Node | None:
    """Write a sum that is divided by how many numbers it has as their mean."""
    total = b.producer(node.args["input"], "sum")
    if total is None or not is_number(node.args["other"]) or not total.args["keepdim"]:
        return None
    shape = b.shape(source(total))
    count = math.prod(shape[dim] for dim in reduced(b, total))
    return make("mean", total.args, node.line) if node.args["other"] == count else None


REDUCTIONS = ("mean", "sum", "amax", "amin", "logsumexp", "var", "std", "norm")
RULES: dict[str, list[Rule]] = {
    **{name: [swallow, unflattened] for name in REDUCTIONS},
    "conv2d": [alike_at_all_places],
    "batch_norm": [alike_at_all_places],
}
for name in ("mean", "sum"):
    RULES[name] = [*RULES[name], mean_of_means]
RULES["div"] = [sum_over_count]
