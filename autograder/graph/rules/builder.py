"""A graph under construction, and what a rule may ask of it."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import torch
from torch import Tensor

from autograder.graph.arguments import BATCH, Argument, Reference, Stored, Value
from autograder.graph.nodes import Graph, Node, references_in
from autograder.graph.operations import OPERATIONS

IMAGES = 7  # in the batch that shapes are worked out for
MOST_MOVED = 2**26  # numbers along chains of moves (movement.py): a second's work
MOST_REWRITES = 200  # of one operation; each rule leaves less to do, so a dozen is much

# Operations of two operands that may change places.
COMMUTATIVE = ("add", "mul", "maximum", "minimum")
# Families whose result has the shape of what they are given; torch need not work it out.
KEEP_SHAPE = ("pointwise", "dropout", "batch_norm", "norm", "layer_norm", "softmax", "roll")

Shape = tuple[int, ...]


def source(node: Node) -> Reference:
    """Return what a node is given."""
    return node.reference("input")


class Unclear(Exception):
    """A graph that no shapes can be worked out for; the checks will say what is wrong with it."""


@dataclass
class Builder:
    """The nodes so far, each with the shape of its result."""

    tensors: Mapping[str, Tensor]
    statistics: Mapping[str, int]
    rules: "Rules"
    nodes: list[Node] = field(default_factory=list)
    values: list[Tensor] = field(default_factory=list)  # on torch's meta device: shapes alone
    images: set[int] = field(default_factory=lambda: {0})  # the values that depend on the images
    made: dict[str, Value] = field(default_factory=dict)  # what has been computed already
    zeros: set[int] = field(default_factory=set)  # the values that are 0 everywhere
    rectified: set[int] = field(default_factory=set)  # see activations.py
    to_move: int = MOST_MOVED  # numbers, until chains of moves are left as they are

    def __post_init__(self) -> None:
        self.values.append(torch.empty(IMAGES, 1, 28, 28, device="meta"))

    # ---- asking ------------------------------------------------------------------------------

    def shape(self, ref: Argument) -> Shape:
        """Return the shape of a value, or of a stored tensor."""
        if isinstance(ref, Value):
            return tuple(self.values[ref.index].shape)
        if isinstance(ref, Stored):
            if ref.name in self.tensors:
                return tuple(self.tensors[ref.name].shape)
            return (self.statistics[ref.name],)
        raise Unclear

    def size(self, ref: Argument) -> tuple[int | str, ...]:
        """Return a shape as a reshape writes it: the batch's own size as N."""
        shape = self.shape(ref)
        if not (isinstance(ref, Value) and ref.index in self.images):
            return shape
        if not shape or shape[0] != IMAGES:
            raise Unclear
        return (BATCH, *shape[1:])

    def producer(self, ref: Argument, *names: str) -> Node | None:
        """Return the node that computes a value, if it is one of these operations."""
        if not isinstance(ref, Value) or ref.index == 0:
            return None
        node = self.nodes[ref.index - 1]
        return node if node.operation.name in names else None

    def is_zero(self, ref: Argument) -> bool:
        """Return whether a value is known to be 0 everywhere."""
        return isinstance(ref, Value) and ref.index in self.zeros

    # ---- adding ------------------------------------------------------------------------------

    def emit(self, name: str, args: Mapping[str, Argument], line: int | None) -> Reference:
        """Add an operation in its simplest form; what it turns out to be may be there already."""
        node = make(name, args, line)
        for _ in range(MOST_REWRITES):
            found = self.rewritten(node)
            if isinstance(found, Value | Stored):
                return found
            if found is None:
                return self.append(node)
            node = found
        raise Unclear

    def rewritten(self, node: Node) -> Node | Reference | None:
        """Apply the first rule that has something to say.

        A rule that stumbles over a node has nothing to say of it: one such node would leave all the
        others as they are, and each of their spellings would be another network.
        """
        for rule in self.rules.get(node.operation.name, ()):
            with suppress(Exception):
                found = rule(self, node)
                if found is not None and found != node:
                    return found
        return None

    def append(self, node: Node) -> Value:
        """Add a node, unless the same has been computed before."""
        key = f"{node.operation.name} {node.args!r}"
        if node.operation.name in COMMUTATIVE:
            key = f"{node.operation.name} {sorted(map(repr, node.args.values()))}"
        # Dropout draws anew each time, and BatchNorm counts each time it is run.
        once = node.operation.family in ("dropout", "batch_norm")
        if key in self.made and not once:
            return self.made[key]
        self.values.append(self.run(node))
        self.nodes.append(node)
        made = len(self.nodes)
        if any(isinstance(r, Value) and r.index in self.images for r in node.references()):
            self.images.add(made)
        self.made[key] = Value(made)
        return Value(made)

    def run(self, node: Node) -> Tensor:
        """Work out the shape of a node's result."""
        if node.operation.family in KEEP_SHAPE:
            kept = self.resolve(node.args["input"])
            assert isinstance(kept, Tensor)
            return kept
        if "output_size" in node.args:
            before = self.shape(node.args["input"])[:-2]
            return torch.empty((*before, *node.integers("output_size")), device="meta")
        args = {name: self.resolve(arg) for name, arg in node.args.items()}
        result = node.operation.run(**args)
        if not isinstance(result, Tensor):
            raise Unclear
        return result

    def result_shape(self, node: Node) -> Shape:
        """Return the shape that a node's result would have."""
        return tuple(self.run(node).shape)

    def resolve(self, arg: Argument) -> object:
        """Look up references as tensors without numbers."""
        if isinstance(arg, Value):
            return self.values[arg.index]
        if isinstance(arg, Stored):
            return torch.empty(self.shape(arg), device="meta")
        if isinstance(arg, tuple):
            return tuple(self.resolve(item) for item in arg)
        return arg

    def reshape(self, ref: Reference, size: tuple[int | str, ...], line: int | None) -> Reference:
        """Give a value another shape."""
        return self.emit("reshape", {"input": ref, "size": size}, line)


# A rule looks at an operation and answers with a simpler one, with what it amounts to, or None.
Rule = Callable[[Builder, Node], "Node | Reference | None"]
Rules = Mapping[str, list[Rule]]


def make(name: str, args: Mapping[str, Argument], line: int | None) -> Node:
    """Make a node, its arguments in the operation's own order."""
    operation = OPERATIONS[name]
    return Node(operation, {argument: args[argument] for argument in operation.rules}, line)


def changed(node: Node, **args: Argument) -> Node:
    """Return a node with some arguments changed."""
    return Node(node.operation, {**node.args, **args}, node.line)


def positive(axis: int, rank: int) -> int:
    """Count an axis from the front."""
    if not -rank <= axis < rank:
        raise Unclear
    return axis % rank


def stored_names(graph: Graph) -> list[str]:
    """Name the stored tensors and statistics that nodes are given, in order of first use."""
    refs = (r for node in graph.nodes for arg in node.args.values() for r in references_in(arg))
    return list(dict.fromkeys(ref.name for ref in refs if isinstance(ref, Stored)))
