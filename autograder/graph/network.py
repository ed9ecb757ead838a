"""A graph that computes: PyTorch again, made of nothing but allowed operations."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from autograder.graph.arguments import Argument, Stored, Value
from autograder.graph.nodes import Graph, Node, references_in

# An argument once its references are looked up.
Resolved = Tensor | Argument | tuple["Resolved", ...]


@dataclass(frozen=True)
class Call:
    """A node as it runs."""

    node: Node
    fixed: dict[str, Argument]  # arguments that never change
    looked_up: dict[str, Argument]  # arguments that are references
    spent: list[int]  # the values that it is the last to read


@dataclass(frozen=True)
class Alone:
    """Nodes that run on one thread even where there are two, by the number of their value."""

    forward: frozenset[int] = frozenset()
    backward: frozenset[int] = frozenset()


class Network(nn.Module):
    """The graph as a module, with the given weights or its own."""

    def __init__(self, graph: Graph, weights: dict[str, Tensor] | None = None) -> None:
        super().__init__()
        weights = graph.tensors if weights is None else weights
        self.calls: list[Call] = []
        self.output = graph.output.index
        self.alone = Alone()
        last = {value: i for i, node in enumerate(graph.nodes) for value in node.reads()}
        for i, node in enumerate(graph.nodes):
            looked_up = {a: arg for a, arg in node.args.items() if references_in(arg)}
            fixed = {a: arg for a, arg in node.args.items() if a not in looked_up}
            spent = [v for v in set(node.reads()) if last[v] == i and v != self.output]
            self.calls.append(Call(node, fixed, looked_up, spent))
        # Dots are not allowed in a parameter's name, so tensors go by number.
        self.names = {name: f"t{number}" for number, name in enumerate(graph.stored())}
        for name, registered in self.names.items():
            self.register_parameter(registered, nn.Parameter(weights[name].clone()))
        # Running statistics start as torch starts them: means at 0, variances at 1.
        variances = {node.args.get("running_var") for node in graph.nodes}
        for number, (name, size) in enumerate(graph.statistics.items()):
            self.names[name] = f"s{number}"
            start = torch.full((size,), float(Stored(name) in variances))
            self.register_buffer(f"s{number}", start)

    def forward(self, x: Tensor) -> Tensor:
        """Run every node in order on a batch of images `x`, (N, 1, 28, 28)."""
        values: dict[int, Tensor] = {0: x}
        threads = torch.get_num_threads()
        for made, call in enumerate(self.calls, start=1):
            alone = threads > 1 and made in self.alone.forward
            if alone:
                torch.set_num_threads(1)
            values[made] = self.value(call, values)
            if alone:
                torch.set_num_threads(threads)
            if threads > 1 and made in self.alone.backward:
                go_back_alone(values[made], [values[read] for read in call.node.reads()], threads)
            for value in call.spent:  # its memory, still in the cache, is the next value's
                del values[value]
        return values[self.output]  # (N, 10)

    def value(self, call: Call, values: Mapping[int, Tensor]) -> Tensor:
        """Run one node."""
        args = {argument: self.resolve(arg, values) for argument, arg in call.looked_up.items()}
        mode = call.node.operation.mode
        if mode is not None:
            args[mode] = bool(call.fixed[mode]) and self.training
        return call.node.operation.run(**{**call.fixed, **args})

    def resolve(self, arg: Argument, values: Mapping[int, Tensor]) -> Resolved:
        """Look up a reference; anything else is its own value."""
        if isinstance(arg, Value):
            return values[arg.index]
        if isinstance(arg, Stored):
            tensor: Tensor = getattr(self, self.names[arg.name])
            return tensor
        if isinstance(arg, tuple):
            return tuple(self.resolve(item, values) for item in arg)
        return arg


def go_back_alone(value: Tensor, read: list[Tensor], threads: int) -> None:
    """Run the backward pass from `value` to what it was computed from on one thread."""
    seen = {tensor.grad_fn for tensor in read}
    left = [value.grad_fn]
    while left:
        step = left.pop()
        if step is None or step in seen or hasattr(step, "variable"):  # a parameter is reached
            continue
        seen.add(step)
        step.register_prehook(lambda *_: torch.set_num_threads(1))
        step.register_hook(lambda *_: torch.set_num_threads(threads))
        left += [before for before, _ in step.next_functions]
