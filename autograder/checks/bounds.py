"""Bound what a network computes for one image, on shapes alone, before anything runs with numbers.

    work = bounds(graph)     # or Refused, with a sentence
    work.multiply_adds, work.values, work.at_once

The grader's other checks run the network with real numbers. A graph need not come out of a capture,
which ran it once: whoever forges one can ask for any amount of time and memory. On torch's "meta"
device a tensor is a shape without numbers, so here even the largest network costs milliseconds.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from autograder.checks.flow import MOST_VALUES, line_and_name, run_on_shapes
from autograder.checks.labels import BATCH_SIZE
from autograder.graph.arguments import Refused
from autograder.graph.network import Network
from autograder.graph.nodes import Graph, Node

MOST_MULTIPLY_ADDS = 2**30  # for an image: seven times the stock network's
WITH_PLACES = ("max_pool2d", "adaptive_max_pool2d", "max", "min")
LIGHTER = "pool earlier or use fewer channels: multiply-adds are what takes time"

Shape = tuple[int, ...]


@dataclass
class Work:
    """What one image costs: multiply-adds, and numbers in memory."""

    multiply_adds: int = 0
    between: int = 0  # numbers that exist only within an operation
    values: int = 0  # numbers in all values that images go into: a training keeps them
    at_once: int = 0  # the most that exist at the same time, where nothing is kept
    stored: int = 0  # numbers in the other values, however many images there are


def bounds(graph: Graph) -> Work:
    """Add up what each operation costs; refuse the network where it becomes too much."""
    network = Network(graph).to("meta").train()
    values: dict[int, Tensor] = {0: torch.empty(BATCH_SIZE, 1, 28, 28, device="meta")}
    total = Work()
    sizes = {0: 28 * 28}  # of the values that are still to be read, for one image
    images = {0}  # the values that images go into
    for made, call in enumerate(network.calls, start=1):
        node = call.node
        value = values[made] = run_on_shapes(network, node, values)
        shapes = {
            name: [tuple(tensor.shape) for tensor in tensors_in(network.resolve(arg, values))]
            for name, arg in node.args.items()
        }
        cost = cost_of(node, shapes, tuple(value.shape))
        # Rounded up: what is made of stored numbers alone has no images to be shared among.
        total.multiply_adds += -(-cost.multiply_adds // BATCH_SIZE)
        between, size = -(-cost.between // BATCH_SIZE), -(-value.numel() // BATCH_SIZE)
        total.between += between
        if images.intersection(node.reads()):
            images.add(made)
            sizes[made] = size
            total.values += size
        else:
            total.stored += value.numel()
        total.at_once = max(total.at_once, sum(sizes.values()) + between)
        for spent in call.spent:
            sizes.pop(spent, None)
        if total.values + total.between + total.stored // BATCH_SIZE > MOST_VALUES:
            found = f"its values hold more than {MOST_VALUES:,} numbers for each image"
            raise Refused(f"{line_and_name(node)} makes the network too large: {found}")
        if total.multiply_adds > MOST_MULTIPLY_ADDS:
            found = f"more than {MOST_MULTIPLY_ADDS / 1e6:,.0f} million multiply-adds"
            raise Refused(
                f"{line_and_name(node)} makes the network too slow: it needs {found} for each image"
            )
    return total


def tensors_in(resolved: object) -> list[Tensor]:
    """List the tensors that an argument is or holds."""
    items = resolved if isinstance(resolved, tuple) else (resolved,)
    return [item for item in items if isinstance(item, Tensor)]


def cost_of(node: Node, shapes: dict[str, list[Shape]], made: Shape) -> Work:
    """Return what one operation costs for the whole batch, from the shapes that it reads."""
    family, name, size = node.operation.family, node.operation.name, math.prod(made)
    if family == "convolution":
        [weight], [image] = shapes["weight"], shapes["input"]
        # Each position of the smaller map meets every number of a filter.
        positions = math.prod(image) if name == "conv_transpose2d" else size
        return Work(positions * math.prod(weight[1:]))
    if name == "einsum":
        return einsum_cost(node.text("equation"), shapes["tensors"])
    if name == "matmul":
        return matmul_cost(shapes["input"][0], shapes["other"][0], size)
    if family == "product":  # linear and addmm
        [left] = shapes["input" if name == "linear" else "mat1"]
        return Work(size * left[-1])
    # Beside the largest of each window torch keeps its place: 8 bytes, as much as two numbers.
    where = 2 * size if name in WITH_PLACES else 0
    if "kernel_size" in node.args:
        return Work(size * math.prod(node.integers("kernel_size")), where)
    if name.startswith("adaptive"):
        # A window may share its first and last row and column with its neighbours.
        sides = zip(shapes["input"][0][-2:], made[-2:], strict=True)
        rows = [-(-old // new) + 1 for old, new in sides]
        return Work(size * math.prod(rows), where)
    copied = math.prod(shapes["input"][0]) if name == "logsumexp" else 0
    return Work(between=where + copied)


def matmul_cost(left: Shape, right: Shape, size: int) -> Work:
    """Return the cost of a product of matrices; torch copies both to the batch that they share."""
    shared = torch.broadcast_shapes(left[:-2], right[:-2])  # type: ignore[no-untyped-call]
    batch = math.prod(shared)
    copied = [batch * math.prod(side[-2:]) for side in (left, right) if len(side) > 2]
    return Work(size * left[-1], sum(copied))


def einsum_cost(equation: str, shapes: list[Shape]) -> Work:
    """Return the cost of torch's way: it multiplies two tensors, then the result with the third.

    An axis is summed over as soon as no later tensor and not the result has it, before the product
    where only one of the two has it. Where a package finds torch a better order, that is cheaper.
    """
    terms, arrow, result = equation.replace(" ", "").partition("->")
    names = terms.split(",")
    if not arrow:  # then every axis that stands there once is the result's
        result = "".join(axis for axis in terms if axis != "," and terms.count(axis) == 1)
    sides: dict[str, int] = {}
    for name, shape in zip(names, shapes, strict=True):
        for axis, side in zip(name, shape, strict=True):
            sides[axis] = max(side, sides.get(axis, 1))  # 1: repeated along the others
    work, so_far = Work(), set(names[0])
    for number, name in enumerate(names[1:], start=1):
        later = set(result).union(*names[number + 1 :])
        both, either = so_far & set(name), so_far | set(name)
        so_far = either & later
        work.multiply_adds += math.prod(sides[axis] for axis in both | so_far)
        if number < len(names) - 1:  # the last one is the result
            work.between += math.prod(sides[axis] for axis in so_far)
    return work
