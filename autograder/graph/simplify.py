"""The same network without what has no effect, one spelling for each thing that has several.

Every operation is added anew, and on the way the rules of rules/ look at it: each answers with a
simpler operation, with the value that it amounts to, or not at all.
"""

from collections import Counter
from dataclasses import replace

from autograder.graph.arguments import Argument, Reference, Stored, Value
from autograder.graph.nodes import Graph, Node, references_in
from autograder.graph.rules import activations, arithmetic, layers, movement, places
from autograder.graph.rules.builder import Builder, Rule, Unclear

FAMILIES = (arithmetic.RULES, activations.RULES, layers.RULES, movement.RULES, places.RULES)
RULES: dict[str, list[Rule]] = {}
for rules in FAMILIES:
    for name, of_operation in rules.items():
        RULES[name] = [*RULES.get(name, []), *of_operation]


class Simplifier(Builder):
    """A builder that also notes which values are known to be zero, or nowhere below it."""

    def append(self, node: Node) -> Value:
        """Add a node, and note what is known of its result."""
        made = super().append(node)
        if arithmetic.is_zero(self, node):
            self.zeros.add(made.index)
        if activations.is_rectified(self, node):
            self.rectified.add(made.index)
        return made


def simplify(graph: Graph) -> Graph:
    """Return the graph with every rule applied, or raise where it makes no sense."""
    graph = store_as_read(graph)
    builder = Simplifier(graph.tensors, graph.statistics, RULES)
    became: dict[int, Reference] = {0: Value(0)}

    def renamed(arg: Argument) -> Argument:
        if isinstance(arg, Value):
            return became[arg.index]
        return tuple(renamed(item) for item in arg) if isinstance(arg, tuple) else arg

    for index, node in enumerate(graph.nodes, start=1):
        args = {name: renamed(arg) for name, arg in node.args.items()}
        became[index] = builder.emit(node.operation.name, args, node.line)
    output = became[graph.output.index]
    if not isinstance(output, Value):
        raise Unclear
    return replace(graph, nodes=tuple(builder.nodes), output=output)


def store_as_read(graph: Graph) -> Graph:
    """Store a tensor that is only read in another shape or order of axes in that form."""
    uses = Counter(
        ref
        for node in graph.nodes
        for arg in node.args.values()
        for ref in references_in(arg)
        if isinstance(ref, Stored)
    )
    tensors = dict(graph.tensors)
    became: dict[int, Stored] = {}  # a value: the tensor that it now is

    def renamed(arg: Argument) -> Argument:
        if isinstance(arg, Value):
            return became.get(arg.index, arg)
        return tuple(renamed(item) for item in arg) if isinstance(arg, tuple) else arg

    nodes = list(graph.nodes)
    for index, node in enumerate(graph.nodes, start=1):
        nodes[index - 1] = node = replace(node, args={k: renamed(a) for k, a in node.args.items()})
        ref = node.args.get("input")
        once = isinstance(ref, Stored) and uses[ref] == 1 and ref.name in tensors
        if once and node.operation.name in ("reshape", "permute") and index != graph.output.index:
            assert isinstance(ref, Stored)
            moved = node.operation.run(**{**node.args, "input": tensors[ref.name]})
            tensors[ref.name] = moved.contiguous()
            became[index] = ref
            # Of a chain of moves the next one is the only use, unless there are several.
            uses[ref] = sum(n.reads().count(index) for n in graph.nodes)
    return replace(graph, nodes=tuple(nodes), tensors=tensors)
