"""A graph that computes: PyTorch again, made of nothing but allowed operations."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from autograder.graph.arguments import Argument, Stored, Value
from autograder.graph.nodes import Graph, Node, references_in
from course.training.helper import Helper

# An argument once its references are looked up.
Resolved = Tensor | Argument | tuple["Resolved", ...]


@dataclass(frozen=True)
class Call:
    """A node as it runs."""

    node: Node
    fixed: dict[str, Argument]  # arguments that never change
    looked_up: dict[str, Argument]  # arguments that are references
    spent: list[int]  # the values that it is the last to read
    can_leave: bool = False  # the gradients of its kernels to somebody else


Aside = Callable[[Callable[[], None]], None]  # is given work, does it when it likes


class Network(nn.Module):
    """The graph as a module, with the given weights or its own."""

    def __init__(self, graph: Graph, weights: dict[str, Tensor] | None = None) -> None:
        super().__init__()
        weights = graph.tensors if weights is None else weights
        self.calls: list[Call] = []
        self.output = graph.output.index
        self.aside: Aside | None = None  # who computes the gradients of kernels (helper.py)
        uses = Counter(ref for node in graph.nodes for ref in node.references())
        learnable = {Stored(name) for name in weights}
        last = {value: i for i, node in enumerate(graph.nodes) for value in node.reads()}
        for i, node in enumerate(graph.nodes):
            looked_up = {a: arg for a, arg in node.args.items() if references_in(arg)}
            fixed = {a: arg for a, arg in node.args.items() if a not in looked_up}
            spent = [v for v in set(node.reads()) if last[v] == i and v != self.output]
            learned = [node.args.get(name) for name in ("weight", "bias")]
            can_leave = (
                node.operation.name == "conv2d"
                and not isinstance(node.args["padding"], str)
                # A computed kernel is waited for, and the gradients of a shared one are added up.
                and all(arg is None or (arg in learnable and uses[arg] == 1) for arg in learned)
            )
            self.calls.append(Call(node, fixed, looked_up, spent, can_leave))
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

    @contextmanager
    def helped(self, wanted: bool) -> Iterator[Helper | None]:
        """Yield a helper for a training, where one is wanted and the training has one thread."""
        with Helper() if wanted and torch.get_num_threads() == 1 else nullcontext() as helper:
            self.aside = helper.aside if helper else None
            try:
                yield helper
            finally:
                self.aside = None

    def forward(self, x: Tensor) -> Tensor:
        """Run every node in order on a batch of images `x`, (N, 1, 28, 28)."""
        values: dict[int, Tensor] = {0: x}
        for made, call in enumerate(self.calls, start=1):
            values[made] = self.value(call, values)
            for value in call.spent:  # its memory, still in the cache, is the next value's
                del values[value]
        return values[self.output]  # (N, 10)

    def value(self, call: Call, values: Mapping[int, Tensor]) -> Tensor:
        """Run one node."""
        args: dict[str, Any] = {
            argument: self.resolve(arg, values) for argument, arg in call.looked_up.items()
        }
        mode = call.node.operation.mode
        if mode is not None:
            args[mode] = bool(call.fixed[mode]) and self.training
        args = {**call.fixed, **args}
        if self.aside and call.can_leave and args["input"].requires_grad:
            return conv2d_beside(self.aside, **args)
        return call.node.operation.run(**args)

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


def conv2d_beside(
    aside: Aside,
    input: Tensor,
    weight: nn.Parameter,
    bias: nn.Parameter | None,
    stride: tuple[int, int],
    padding: tuple[int, int],
    dilation: tuple[int, int],
    groups: int,
) -> Tensor:
    """Compute what F.conv2d does; on the way back, leave the gradients of what it learns to others.

    Nothing else waits for them there: the layer before needs the gradient of the input alone.
    """
    fixed_bias = None if bias is None else bias.detach()
    value = F.conv2d(input, weight.detach(), fixed_bias, stride, padding, dilation, groups)
    seen = input.detach()

    def learn(gradient: Tensor) -> None:
        _, to_weight, to_bias = torch.ops.aten.convolution_backward(
            gradient,
            seen,
            weight.detach(),
            None if bias is None else list(bias.shape),
            stride,
            padding,
            dilation,
            False,  # it is not transposed
            [0, 0],
            groups,
            [False, True, bias is not None],  # the gradients of its weight, and of a bias
        )
        for parameter, grad in ((weight, to_weight), (bias, to_bias)):
            if parameter is not None:
                parameter.grad = torch.empty_like(parameter).copy_(grad)  # laid out as it is

    value.register_hook(  # type: ignore[no-untyped-call]
        lambda gradient: aside(partial(learn, gradient))
    )
    return value
