"""Translate torch.export's graph into ours: names, arguments and references, nothing else.

    graph = Lowering(program, line_of).graph()

torch.export runs a network once, on tensors without numbers, and records each of torch's operations
as a node. It takes no layer apart, so the operations that students know (conv2d, batch_norm,
dropout) are still there. What is left to do: fill in default arguments, follow in-place operations,
resolve sizes that depend on the batch, and take operations with several results apart
(special_cases.py).
"""

import operator
from collections.abc import Callable

import torch
from torch import Tensor, fx
from torch.export import ExportedProgram
from torch.export.graph_signature import InputKind

from autograder.capture.exported import (
    Arguments,
    Constant,
    Counter,
    Folded,
    Meaning,
    as_tuple,
    input_of,
    operation_name,
    schema,
    sides,
)
from autograder.capture.special_cases import ALIASES, SpecialCases
from autograder.capture.tracebacks import line_in_trace
from autograder.graph.arguments import Refused, Stored, Value, read_arguments
from autograder.graph.nodes import Graph, Node
from autograder.graph.operations import OPERATIONS
from autograder.problem import Problem
from autograder.source.lines import at

# torch.export makes a `with` block an operation of its own. Its names, and what students call them.
BLOCKS = {"wrap_with_set_grad_enabled": "torch.no_grad", "wrap_with_autocast": "torch.autocast"}
# Operations that leave every number as it is: they get no node, and their result is their input.
# `lift_fresh_copy` is how a constant that was written in forward enters torch's graph.
PASS_THROUGH = {
    *("contiguous", "alias", "lift_fresh_copy", "lift_fresh", "to", "type_as", "requires_grad"),
    *("clone", "_to_copy"),
}
COPIES = {"clone", "_to_copy"}  # of these, the ones whose result shares no memory with the input
# torch's own names of arguments where ours differ.
RENAMED = {"self": "input", "indices": "index", "ord": "p", "unbiased": "correction"}
RENAMED |= {"axis0": "dim0", "axis1": "dim1"}  # swapaxes, else a transpose
# Arguments that change no number: which kernel runs, how memory is laid out, and instance_norm's
# options for running statistics, which entry.check_layers has already refused.
IGNORED = {"cudnn_enabled", "cudnn_enable", "memory_format", "use_input_stats", "momentum"}
KEEP_BATCH = "flatten with torch.flatten(x, 1) or x.view(x.size(0), -1)"


class Lowering(SpecialCases):
    """One exported program on its way to a Graph."""

    def __init__(self, program: ExportedProgram, line_of: Callable[[fx.Node], int | None]) -> None:
        self.program, self.line_of = program, line_of
        self.nodes: list[Node] = []
        self.known: dict[fx.Node, Meaning] = {}  # what each of torch's nodes became
        self.tensors: dict[str, Tensor] = {}
        self.statistics: dict[str, int] = {}
        self.names: dict[int, str] = {}  # by a tensor's id: tied weights have one name, the first
        self.parameters: set[str] = set()
        self.weights: set[int] = set()  # the values computed from stored tensors alone
        self.memory: dict[fx.Node, fx.Node] = {}  # a node: the one whose memory its result lies in

    def graph(self) -> Graph:
        """Lower every node in order and return the whole."""
        self.read_inputs()
        output: Value | None = None
        for node in self.program.graph.nodes:
            if node.op == "call_function":
                self.lower(node)
            elif node.op == "output":
                output = self.output(node)
        assert output is not None
        # What no node reads is left out, and so are running statistics: their sizes are enough.
        used = {ref.name for n in self.nodes for ref in n.references() if isinstance(ref, Stored)}
        tensors = {k: v for k, v in self.tensors.items() if k in used and k not in self.statistics}
        return Graph(tuple(self.nodes), output, tensors, self.statistics)

    def read_inputs(self) -> None:
        """Name the image and every stored tensor.

        torch.export makes each parameter, buffer and constant of the network an input of its graph,
        beside the image. The signature says which input is which.
        """
        placeholders = [node for node in self.program.graph.nodes if node.op == "placeholder"]
        signature = self.program.graph_signature
        for node, spec in zip(placeholders, signature.input_specs, strict=True):
            if spec.kind is InputKind.USER_INPUT:
                self.known[node] = Value(0)
                continue
            name = str(spec.target)
            if name.endswith("num_batches_tracked"):  # BatchNorm adds 1 to it, and nothing reads it
                self.known[node] = Counter()
                continue
            stored = self.stored(name)
            name = self.names.setdefault(id(stored), name)
            self.tensors[name] = stored
            if spec.kind is InputKind.PARAMETER:
                self.parameters.add(name)
            self.known[node] = Stored(name)

    def stored(self, name: str) -> Tensor:
        """Find a stored tensor by its name: a weight or buffer, or a constant out of forward."""
        weights, constants = self.program.state_dict, self.program.constants
        stored = weights[name] if name in weights else constants[name]
        if not isinstance(stored, Tensor):
            hint = "leave randomness to dropout, and keep nothing but tensors and layers"
            message = (
                "the network computes with something that is not a tensor, such as a generator"
            )
            raise Problem("interface", message, hint)
        return stored

    def output(self, node: fx.Node) -> Value:
        """Return what the network answers with: one tensor."""
        results = node.args[0]
        if not isinstance(results, tuple | list) or len(results) != 1:
            hint = "return the ten scores alone"
            raise Problem("interface", f"the network returns {count_results(results)}", hint)
        answer = self.resolve(results[0])
        if not isinstance(answer, Value) or answer.index == 0:
            raise Problem("interface", "the network's answer does not depend on the image")
        return answer

    def lower(self, node: fx.Node) -> None:
        """Turn one of torch's nodes into ours, or say why it is not allowed."""
        try:
            self.known[node] = self.meaning(node)
        except Refused as refusal:
            line = self.line_of(node) or self.line_within(node)
            hint = hint_for(node, str(refusal))
            raise Problem("interface", f"{at(line)}{refusal}", hint, line) from None

    def line_within(self, node: fx.Node) -> int | None:
        """Find the student's line of a node that holds a graph of its own, as no_grad does."""
        held = [arg.target for arg in node.all_input_nodes if arg.op == "get_attr"]
        graphs = [getattr(self.program.graph_module, str(name), None) for name in held]
        inner = [n for g in graphs if isinstance(g, fx.GraphModule) for n in g.graph.nodes]
        lines = [line_in_trace(n.meta.get("stack_trace") or "") for n in inner]
        return next((line for line in lines if line), None)

    def meaning(self, node: fx.Node) -> Meaning:
        """Return what a node stands for: a value, a size, or several values."""
        target = node.target
        if target is operator.getitem:  # one of several results
            several, position = self.known[input_of(node)], node.args[1]
            assert isinstance(several, tuple)
            assert isinstance(position, int)
            return several[position]
        if isinstance(target, torch._ops.HigherOrderOperator):  # a block of code, not an operation
            name = BLOCKS.get(str(target), str(target))
            raise Refused(f"{name} has no place in forward")
        if not isinstance(target, torch._ops.OpOverload):  # Python's arithmetic with sizes
            return self.size(node)
        name = operation_name(node)
        # Assertions about sizes, which torch adds while recording, compute nothing.
        if name.startswith(("_assert", "sym_", "_check")):
            return self.size(node) if name.startswith("sym_size") else None
        args = self.arguments(node)
        # torch writes `relu_` for in place; names such as `__and__` mean something else.
        if name.endswith("_") and not name.endswith("__"):
            return self.in_place(node, name, args)
        return self.operation(node, name, args)

    def in_place(self, node: fx.Node, name: str, args: Arguments) -> Meaning:
        """Follow an in-place operation: from here on its input means the result.

        Our graph changes nothing in place. `x.relu_()` becomes a relu like any other, and whatever
        shared x's memory now stands for its result. Parts of a tensor (`x[:, 1].relu_()`) are not
        followed: such a graph computes something else, which comparison.py finds and says.
        """
        if isinstance(args["input"], Counter):
            return args["input"]
        # `torch.tensor(2.0)` written in forward is a constant that torch detaches in place.
        if isinstance(args["input"], Stored) and name != "detach_":
            raise Refused(
                f"changes {args['input'].name} while the network runs; stored tensors must stay"
            )
        result = self.operation(node, name.removesuffix("_"), args)
        # All that shares the memory, the input itself among it.
        changed = self.owner(input_of(node))
        for other in list(self.known):
            if self.owner(other) is changed:
                self.known[other] = result
        self.memory[node] = changed  # the result lies there too, for the next change in place
        return result

    def owner(self, node: fx.Node) -> fx.Node:
        """Find the node that made the memory that a result lies in.

        `y = x.contiguous()` may be x itself, and then `y.add_(1)` changes x too.
        """
        while node in self.memory:
            node = self.memory[node]
        return node

    def operation(self, node: fx.Node, name: str, args: Arguments) -> Meaning:
        """Add an allowed operation to the graph and return its value."""
        if name in PASS_THROUGH:
            check_dtype(node)
            if name not in COPIES:
                self.memory[node] = input_of(node)
            return args["input"]
        name = ALIASES.get(name, name)
        for arg in args.values():
            for item in as_tuple(arg):
                if isinstance(item, Folded) and name not in ("reshape", "flatten"):
                    raise folded_problem(item)
        # special_cases.py names its methods after the operations.
        special: Callable[[fx.Node, Arguments], Meaning] | None
        special = getattr(self, f"lower_{name}", None)
        return self.emit(node, name, args) if special is None else special(node, args)

    def emit(self, node: fx.Node, name: str, args: Arguments) -> Value:
        """Append one of our nodes, its arguments checked by their rules."""
        found = OPERATIONS.get(name)
        if found is None:
            raise Refused(f"{name} is not an allowed operation")
        # An argument that we have no rule for may be given if it changes nothing.
        defaults = {
            a.name: a.default_value for a in schema(node).arguments if a.has_default_value()
        }
        for extra in [given for given in args if given not in found.rules]:
            if extra not in IGNORED and args[extra] not in (None, defaults.get(extra)):
                raise Refused(f"{name} may not be given {extra}={args[extra]!r}")
        made = Node(found, read_arguments(name, found.rules, dict(args)), self.line_of(node))
        self.nodes.append(made)
        # Values are counted from 1, since value 0 is the image. One that depends on stored tensors
        # alone is a weight too, such as a kernel that is scaled before it is used.
        if all(isinstance(r, Stored) or r.index in self.weights for r in made.references()):
            self.weights.add(len(self.nodes))
        return Value(len(self.nodes))

    def arguments(self, node: fx.Node) -> Arguments:
        """Collect a node's arguments by name, defaults included, references resolved."""
        args: Arguments = {}
        # torch gives the first ones by position, some others by name, and leaves defaults out.
        for position, argument in enumerate(schema(node).arguments):
            if position < len(node.args):
                given = node.args[position]
            else:
                given = node.kwargs.get(argument.name, argument.default_value)
            value = self.resolve(given)
            # Where a schema says int[2], one number stands for both: kernel_size=3 is (3, 3).
            length = getattr(argument, "N", None)
            if str(argument.type) == "List[int]" and length and is_one_integer(value):
                value = as_tuple(value) * length
            args[RENAMED.get(argument.name, argument.name)] = value
        return args

    def resolve(self, given: fx.node.Argument) -> Meaning:
        """Look up what a node's argument stands for: a reference, a list of them, or a constant."""
        if isinstance(given, fx.Node):
            return self.known[given]
        if isinstance(given, list | tuple):
            return tuple(self.resolve(item) for item in given)
        if isinstance(given, Constant):
            return given
        raise Refused(f"may not be given a {type(given).__name__}")

    def size(self, node: fx.Node) -> int | str | None:
        """Return a size as a plain number, or as the batch's own, or None for what is no size."""
        size = node.meta.get("val")
        if not isinstance(size, int | torch.SymInt):
            return None
        [side] = sides([size])
        return side


def is_one_integer(value: Meaning) -> bool:
    """Return whether a value is a list of a single whole number."""
    return isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], int)


def count_results(results: fx.node.Argument) -> str:
    """Say how many things a network returned."""
    if isinstance(results, tuple | list):
        return f"{len(results)} tensors"
    return type(results).__name__


def check_dtype(node: fx.Node) -> None:
    """Refuse a change to another kind of number."""
    value = node.meta.get("val")
    if isinstance(value, Tensor) and value.dtype != torch.float32:
        raise Refused(f"turns features into {value.dtype}; keep them float32")


def folded_problem(features: Folded) -> Problem:
    """Say where the batch was folded into another axis, if nothing gives it its own axis back."""
    message = f"{at(features.line)}{features.why}"
    return Problem("interface", message, KEEP_BATCH, features.line)


def hint_for(node: fx.Node, why: str) -> str:
    """Say what to write instead of an operation that is not allowed."""
    name = str(node.target)
    # First by the refusal's first word ("makes the shape …" is written in exported.py, the others
    # here): whoever rewords one of those sentences must change the word here too.
    if why.startswith("makes"):
        return KEEP_BATCH
    if why.startswith("changes"):
        return "keep nothing from batch to batch; only BatchNorm does"
    if why.startswith("turns"):
        return "remove .double(), .half() and dtype="
    if "over everything" in why:
        return "work on each image alone, such as x.amax((1, 2, 3)) or x.mean((2, 3))"
    if name.startswith("aten.detach"):
        return "leave .detach() out; a network that trains needs its gradients"
    if name.startswith("aten.item"):
        return "leave .item() out: a tensor can be used as it is"
    if "rand" in name or "bernoulli" in name:
        return "randomness belongs in dropout and augmentation; remove it from forward"
    if any(word in name for word in ("ones", "zeros", "full", "arange", "eye", "tensor")):
        return "make it a parameter in __init__, where it is counted"
    if "autocast" in name:
        return "remove it: the grader chooses the precision"
    if "set_grad" in name:
        return "remove it (spectral norm uses torch.no_grad too, and cannot be submitted)"
    if any(word in name for word in ("fill", "copy", "index_put")):
        return "make a new tensor instead of assigning into one"
    return "build the network from torch.nn's layers and functions"
