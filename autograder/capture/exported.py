"""How to read what torch.export hands over, and what its nodes become here.

torch.export records a network as a list of fx nodes. Each names the operation it calls (with a
schema: the names, types and defaults of its arguments) and, in `meta["val"]`, an example of its
result: a tensor without numbers, whose shape is all that we read. The batch size is left free, so
the first side of most shapes is not a number but a symbol (`torch.SymInt`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import fx

from autograder.graph.arguments import BATCH, Refused, Stored, Value


@dataclass(frozen=True)
class Folded:
    """Features whose batch is folded into another axis, such as (10*N, 7, 7).

    Nothing may compute with them, since our graph keeps the batch first and alone. But a reshape
    that gives the batch its own axis back makes them sound again, as in `x.flatten().view(-1, 10)`.
    So the refusal waits here until something other than a reshape reads them.
    """

    source: Meaning  # the features before they were folded
    why: str  # what the student reads if it does
    line: int | None


class Counter:
    """BatchNorm's count of batches, which changes no score."""


Setting = torch.dtype | torch.device | torch.layout | torch.memory_format
Constant = bool | int | float | complex | str | None | Setting
# What one of torch's nodes, or an argument of one, stands for. A tuple is a list, or the several
# results of one operation.
Meaning = Value | Stored | Folded | Counter | Constant | tuple["Meaning", ...]
Arguments = dict[str, Meaning]
Side = int | torch.SymInt


def schema(node: fx.Node) -> torch._C.FunctionSchema:
    """Return the signature of the operation that a node calls."""
    assert isinstance(node.target, torch._ops.OpOverload)
    return node.target._schema


def operation_name(node: fx.Node) -> str:
    """Return torch's own name of the operation that a node calls."""
    return schema(node).name.removeprefix("aten::")


def input_of(node: fx.Node) -> fx.Node:
    """Return the node whose result an operation is given first."""
    first = node.args[0]
    assert isinstance(first, fx.Node)
    return first


def shape_of(node: fx.Node) -> tuple[Side, ...]:
    """Return the shape of a node's result, with a symbol for the batch."""
    return tuple(node.meta["val"].shape)


def input_shape(node: fx.Node) -> tuple[Side, ...]:
    """Return the shape of what an operation is given first."""
    return shape_of(input_of(node))


def sides(shape: Sequence[Side]) -> tuple[int | str, ...]:
    """Write a shape without symbols: "N" is the batch, "10*N" is ten times the batch."""
    return tuple(side if isinstance(side, int) else _expression(side) for side in shape)


def _expression(side: torch.SymInt) -> str:
    text = str(side.node.expr)
    for symbol in side.node.expr.free_symbols:  # the batch is the only free size there is
        text = text.replace(str(symbol), BATCH)
    return text


def unfit_shape(shape: Sequence[int | str]) -> str:
    """Say what is wrong with a shape that does not keep the batch apart."""
    return f"makes the shape ({', '.join(map(str, shape))}); keep the batch first and alone"


def as_tuple(arg: Meaning) -> tuple[Meaning, ...]:
    """Return a list as it is, and anything else as a list of one."""
    return arg if isinstance(arg, tuple) else (arg,)


def whole(node: fx.Node, args: Arguments, name: str) -> int:
    """Return an argument that must be a whole number, known before the network runs."""
    found = args[name]
    if not isinstance(found, int):
        raise Refused(f"{operation_name(node)} may not be given {name}={found!r}")
    return found


def wholes(node: fx.Node, args: Arguments, name: str) -> tuple[int, ...]:
    """Return an argument that must be one whole number or several."""
    return tuple(whole(node, {name: item}, name) for item in as_tuple(args[name]))
