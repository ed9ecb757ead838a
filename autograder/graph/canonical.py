"""One form for all the ways to write a network down: what is hashed, and what is trained.

    canonical(graph)       # the same function, number for number

A dead branch, a product with 1, a flag without effect or two branches in another order are no other
network. But training draws the weights and the masks of dropout in the order of the operations, so
each of them would be another try. In this form they are the same, and only this form is trained.
simplify.py finds the operations; here is their order.
"""

import hashlib
from collections.abc import Callable
from dataclasses import replace

from autograder.graph.arguments import Argument, Reference, Stored, Value
from autograder.graph.nodes import Graph, Node, references_in
from autograder.graph.rules.builder import COMMUTATIVE, stored_names
from autograder.graph.rules.layers import pool_first
from autograder.graph.simplify import simplify
from autograder.graph.submission import plain

MOST_PASSES = 20  # each leaves less to do; real networks need two
MOST_SWEEPS = 8  # over the colours
LONGEST_TRACE = 200  # operations that are compared of two branches that look the same

Colours = dict[Reference, str]


def canonical(graph: Graph) -> Graph:
    """Return the network in its one form."""
    graph = arranged(graph, {})
    for _ in range(MOST_PASSES):
        try:
            simpler = pool_first(arranged(simplify(graph), {}))
        except Exception:  # a graph that cannot run: the checks refuse it, in words
            break
        if same(simpler, graph):
            break
        graph = simpler
    return arranged(graph, coloured(graph))


def same(one: Graph, two: Graph) -> bool:
    """Return whether two graphs have the same operations on the same tensors."""
    pairs = zip(one.nodes, two.nodes, strict=False)
    return len(one.nodes) == len(two.nodes) and all(
        (a.operation.name, a.args) == (b.operation.name, b.args) for a, b in pairs
    )


# ---- the order of operations ---------------------------------------------------------------------


def arranged(graph: Graph, colours: Colours) -> Graph:
    """Return the operations that the output needs, each right before it is needed.

    That order follows from the output alone, but for operands that may change places: they stand in
    the order of their colours. Without colours they stay as they are.
    """
    order, operands = Visit(graph, colours).order()
    became = {0: 0} | {index: place for place, index in enumerate(order, start=1)}

    def renamed(arg: Argument) -> Argument:
        if isinstance(arg, Value):
            return Value(became[arg.index])
        return tuple(renamed(item) for item in arg) if isinstance(arg, tuple) else arg

    nodes = []
    for index in order:
        node = graph.nodes[index - 1]
        args = {**node.args, **operands.get(index, {})}
        nodes.append(replace(node, args={name: renamed(arg) for name, arg in args.items()}))
    short = replace(graph, nodes=tuple(nodes), output=Value(became[graph.output.index]))
    used = stored_names(short)
    return replace(
        short,
        tensors={name: graph.tensors[name] for name in used if name in graph.tensors},
        statistics={name: graph.statistics[name] for name in used if name in graph.statistics},
    )


class Visit:
    """A walk from the output down to the images, each value after those it is made of."""

    def __init__(self, graph: Graph, colours: Colours) -> None:
        self.graph, self.colours = graph, colours
        self.numbers: dict[Reference, int] = {Value(0): 0}  # in the order of being reached
        self.operands: dict[int, dict[str, Argument]] = {}  # of the nodes that had a choice

    def order(self) -> tuple[list[int], dict[int, dict[str, Argument]]]:
        """List the values in the order in which they are needed, and the operands chosen."""
        order: list[int] = []
        seen = {0}
        stack = [(self.graph.output.index, False)]
        while stack:
            index, ready = stack.pop()
            if ready:
                order.append(index)
                self.numbers.setdefault(Value(index), len(self.numbers))
            elif index not in seen:
                seen.add(index)
                stack.append((index, True))
                refs = self.chosen(index, self.graph.nodes[index - 1])
                for ref in refs:
                    if isinstance(ref, Stored):
                        self.numbers.setdefault(ref, len(self.numbers))
                values = [ref.index for ref in refs if isinstance(ref, Value)]
                stack += [(value, False) for value in reversed(values)]
        return order, self.operands

    def chosen(self, index: int, node: Node) -> list[Reference]:
        """Return what a node is given, and settle which of two like operands comes first."""
        free = swappable(node)
        if not self.colours or len(free) < 2:
            return node.references()
        one, two = sorted(free, key=lambda ref: self.colours[ref])
        # The same from both sides, and yet two: the one whose parts were reached earlier goes first
        # and if neither were, either may.
        if one != two and self.colours[one] == self.colours[two]:
            one, two = sorted((one, two), key=self.trace)
        self.operands[index] = {"input": one, "other": two}
        return [one, two]

    def trace(self, start: Reference) -> list[int]:
        """List when the parts of a value were reached; what was not counts as later than all."""
        found: list[int] = []
        seen: set[Reference] = set()
        stack = [start]
        while stack and len(found) < LONGEST_TRACE:
            ref = stack.pop()
            found.append(self.numbers.get(ref, len(self.graph.nodes) * 10 + len(seen)))
            if ref in seen or ref in self.numbers or isinstance(ref, Stored):
                continue
            seen.add(ref)
            node = self.graph.nodes[ref.index - 1]
            refs = swappable(node)
            refs = sorted(refs, key=lambda r: self.colours[r]) if len(refs) > 1 else []
            stack += reversed(refs or node.references())
        return found


def swappable(node: Node) -> list[Reference]:
    """Return the operands of a node that may change places."""
    if node.operation.name not in COMMUTATIVE or node.args.get("alpha", 1) != 1:
        return []
    operands = (node.args["input"], node.args["other"])
    return [ref for ref in operands if isinstance(ref, Value | Stored)]


# ---- colours -------------------------------------------------------------------------------------


def coloured(graph: Graph) -> Colours:
    """Give each value and stored tensor a colour: what it is made of, and what is made of it.

    Two have the same colour only if they look the same from both sides. Each sweep looks further.
    """
    if not any(len(swappable(node)) == 2 for node in graph.nodes):
        return {}
    colours: Colours = {Value(0): "images"}
    for name in stored_names(graph):
        shape = list(graph.tensors[name].shape) if name in graph.tensors else "statistic"
        colours[Stored(name)] = digest("stored", shape)
    different = 0
    for _ in range(MOST_SWEEPS):
        colours = downwards(graph, colours | upwards(graph, colours))
        now = len(set(colours.values()))
        if now in (different, len(colours)):
            break
        different = now
    return colours


def upwards(graph: Graph, colours: Colours) -> Colours:
    """Colour every value by its operation and what that is given."""
    found: Colours = {Value(0): colours[Value(0)]}
    for index, node in enumerate(graph.nodes, start=1):
        value = Value(index)
        args = arguments(node, lambda ref: found.get(ref) or colours[ref])
        found[value] = digest(node.operation.name, args, colours.get(value))
    return found


def downwards(graph: Graph, colours: Colours) -> Colours:
    """Add to each colour what reads it, and as which argument."""
    readers: dict[Reference, list[str]] = {ref: [] for ref in colours}
    found: Colours = {}
    readers[graph.output].append("output")
    for index in range(len(graph.nodes), 0, -1):
        node, value = graph.nodes[index - 1], Value(index)
        found[value] = digest(colours[value], sorted(readers[value]))
        free = swappable(node)
        for name, arg in node.args.items():
            for place, ref in enumerate(references_in(arg)):
                role = "operand" if len(free) == 2 else f"{name} {place}"
                readers[ref].append(f"{found[value]} {role}")
    for ref in colours:
        if ref not in found:
            found[ref] = digest(colours[ref], sorted(readers[ref]))
    return found


def arguments(node: Node, colour: Callable[[Reference], str]) -> object:
    """Write a node's arguments with colours in place of references."""

    def painted(arg: Argument) -> object:
        if isinstance(arg, Value | Stored):
            return colour(arg)
        return [painted(item) for item in arg] if isinstance(arg, tuple) else plain(arg)

    args = {name: painted(arg) for name, arg in node.args.items()}
    if len(swappable(node)) == 2:
        args |= {"input": sorted([str(args["input"]), str(args["other"])]), "other": None}
    return sorted(args.items())


def digest(*parts: object) -> str:
    """Hash a description."""
    return hashlib.blake2b(repr(parts).encode(), digest_size=12).hexdigest()
