"""The network as data: a list of nodes over named tensors.

Value 0 is the batch of images and node i computes value i + 1, from earlier values only, so there
are no cycles to look for. reading.py makes a Graph out of what came from the jail, network.py
makes it compute again.
"""

from dataclasses import dataclass, field

from torch import Tensor

from autograder.graph.arguments import Argument, Reference, Stored, Value
from autograder.graph.operations import Operation
from autograder.source.lines import at


@dataclass(frozen=True)
class Node:
    """One operation on earlier values and stored tensors, and the student's line it came from."""

    operation: Operation
    args: dict[str, Argument]
    line: int | None = None

    def references(self) -> list[Reference]:
        """List every tensor this node is given, in the order of its arguments."""
        return [ref for arg in self.args.values() for ref in references_in(arg)]

    def reads(self) -> list[int]:
        """List the numbers of the values this node is given."""
        return [ref.index for ref in self.references() if isinstance(ref, Value)]

    @property
    def at(self) -> str:
        """A prefix for a sentence, such as "line 12: ", or "" if the line is not known."""
        return at(self.line)

    # An argument as the type that its validator made of it (operations.py).

    def reference(self, name: str) -> Reference:
        """Return an argument that is a tensor."""
        arg = self.args[name]
        assert isinstance(arg, Value | Stored)
        return arg

    def integer(self, name: str) -> int:
        """Return an argument that is a whole number."""
        arg = self.args[name]
        assert isinstance(arg, int)
        return arg

    def integers(self, name: str) -> tuple[int, ...]:
        """Return an argument that is one whole number or several."""
        arg = self.args[name]
        items = arg if isinstance(arg, tuple) else (arg,)
        return tuple(item for item in items if isinstance(item, int))

    def number(self, name: str) -> float:
        """Return an argument that is a number."""
        arg = self.args[name]
        assert isinstance(arg, int | float)
        return float(arg)

    def text(self, name: str) -> str:
        """Return an argument that is a word."""
        arg = self.args[name]
        assert isinstance(arg, str)
        return arg


@dataclass(frozen=True)
class Graph:
    """A network: its nodes, its initial weights, and the sizes of its running statistics."""

    nodes: tuple[Node, ...]
    output: Value
    tensors: dict[str, Tensor]
    statistics: dict[str, int] = field(default_factory=dict)

    def stored(self) -> dict[str, Tensor]:
        """Return the stored tensors that the network uses, in order of first use."""
        # Only what is used counts, and a tensor that two layers share counts once.
        used = [
            ref.name for node in self.nodes for ref in node.references() if isinstance(ref, Stored)
        ]
        return {name: self.tensors[name] for name in dict.fromkeys(used) if name in self.tensors}


def references_in(arg: Argument) -> list[Reference]:
    """List the references that an argument is or holds."""
    items = arg if isinstance(arg, tuple) else (arg,)
    return [item for item in items if isinstance(item, Value | Stored)]
