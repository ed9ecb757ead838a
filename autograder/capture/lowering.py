"""From torch.export's graph to ours: names, arguments and references, nothing else.

torch.export keeps the operations students know (conv2d, batch_norm, dropout). What is
left to do: fill in default arguments, follow in-place operations, resolve sizes
that depend on the batch, and take multi-output operations apart (special_cases.py).
"""

import operator
from collections.abc import Callable

import torch
from torch import Tensor, fx
from torch.export import ExportedProgram
from torch.export.graph_signature import InputKind

from autograder.capture.complaints import used_on
from autograder.capture.special_cases import (
    ALIASES,
    Anything,
    Folded,
    SpecialCases,
    schema,
    written,
)
from autograder.graph.arguments import BATCH, Refused, Stored, Value
from autograder.graph.nodes import Graph, Node
from autograder.graph.operations import OPERATIONS
from autograder.problem import Problem

# What students call torch's blocks.
BLOCKS = {"wrap_with_set_grad_enabled": "torch.no_grad", "wrap_with_autocast": "torch.autocast"}
# Operations that only hand their input on.
HANDED_ON = {
    *("contiguous", "alias", "lift_fresh_copy", "lift_fresh", "to", "type_as", "requires_grad"),
    *("clone", "_to_copy"),
}
COPIES = {"clone", "_to_copy"}  # of these, the ones whose result shares no memory with the input
# torch's own names of arguments where ours differ.
RENAMED = {"self": "input", "indices": "index", "ord": "p", "unbiased": "correction"}
# Arguments that the grader decides by itself.
OURS = {"cudnn_enabled", "cudnn_enable", "memory_format", "use_input_stats", "momentum"}
KEEP_BATCH = "flatten with torch.flatten(x, 1) or x.view(x.size(0), -1)"


class Counter:
    """BatchNorm's count of batches, which no layer reads."""


class Lowering(SpecialCases):
    """One exported program on its way to a Graph."""

    def __init__(self, program: ExportedProgram, line_of: Callable[[fx.Node], int | None]) -> None:
        self.program, self.line_of = program, line_of
        self.nodes: list[Node] = []
        self.known: dict[fx.Node, Anything] = {}  # what each of torch's nodes became
        self.tensors: dict[str, Tensor] = {}
        self.statistics: dict[str, int] = {}
        self.names: dict[int, str] = {}  # one tensor under two names is one tensor
        self.parameters: set[str] = set()
        self.weights: set[int] = set()  # the values made of stored tensors alone
        self.memory: dict[fx.Node, fx.Node] = {}  # whose memory a node's result lies in

    def graph(self) -> Graph:
        """Lower every node in order and return the whole."""
        self.read_inputs()
        output: Anything = None
        for node in self.program.graph.nodes:
            if node.op == "call_function":
                self.lower(node)
            elif node.op == "output":
                output = self.output(node)
        used = {ref.name for n in self.nodes for ref in n.references() if isinstance(ref, Stored)}
        tensors = {k: v for k, v in self.tensors.items() if k in used and k not in self.statistics}
        return Graph(tuple(self.nodes), output, tensors, self.statistics)

    def read_inputs(self) -> None:
        """Name the image and every stored tensor that torch lifted into the graph."""
        placeholders = [node for node in self.program.graph.nodes if node.op == "placeholder"]
        signature = self.program.graph_signature
        for node, spec in zip(placeholders, signature.input_specs, strict=True):
            if spec.kind is InputKind.USER_INPUT:
                self.known[node] = Value(0)
                continue
            name = str(spec.target)
            if name.endswith("num_batches_tracked"):
                self.known[node] = Counter()
                continue
            stored = self.stored(spec.kind, name)
            name = self.names.setdefault(id(stored), name)
            self.tensors[name] = stored
            if spec.kind is InputKind.PARAMETER:
                self.parameters.add(name)
            self.known[node] = Stored(name)

    def stored(self, kind: InputKind, name: str) -> Tensor:
        """Find the tensor behind a lifted input."""
        source = (
            self.program.state_dict if name in self.program.state_dict else self.program.constants
        )
        stored = source[name]
        if not isinstance(stored, Tensor):
            hint = "leave randomness to dropout, and keep nothing but tensors and layers"
            message = "the network computes with something that is no tensor, such as a generator"
            raise Problem("interface", message, hint)
        return stored

    def output(self, node: fx.Node) -> Value:
        """Return what the network answers with: one tensor."""
        results = node.args[0]
        if not isinstance(results, tuple | list) or len(results) != 1:
            hint = "return the ten scores alone"
            raise Problem("interface", f"the network returns {describe(results)}", hint)
        answer = self.value(results[0])
        if not isinstance(answer, Value) or answer.index == 0:
            raise Problem("interface", "the network's answer does not depend on the image")
        return answer

    def lower(self, node: fx.Node) -> None:
        """Turn one of torch's nodes into ours, or say why it is not allowed."""
        try:
            self.known[node] = self.meaning(node)
        except Refused as refusal:
            line = self.line_of(node) or self.line_within(node)
            at = f"line {line}: " if line else ""
            raise Problem(
                "interface", f"{at}{refusal}", allowed_hint(node, str(refusal)), line
            ) from None

    def line_within(self, node: fx.Node) -> int | None:
        """Find the student's line of a node that holds a graph of its own, as no_grad does."""
        held = [arg.target for arg in node.all_input_nodes if arg.op == "get_attr"]
        graphs = [getattr(self.program.graph_module, str(name), None) for name in held]
        inner = [n for g in graphs if isinstance(g, fx.GraphModule) for n in g.graph.nodes]
        lines = [used_on(n.meta.get("stack_trace") or "") for n in inner]
        return next((line for line in lines if line), None)

    def meaning(self, node: fx.Node) -> Anything:
        """Return what a node stands for: a value, a size, or several values."""
        if node.target is operator.getitem:
            return self.known[node.args[0]][node.args[1]]  # type: ignore[index]
        target = node.target
        if isinstance(target, torch._ops.HigherOrderOperator):
            name = BLOCKS.get(str(target), str(target))
            raise Refused(f"{name} has no place in forward")
        if not isinstance(target, torch._ops.OpOverload):
            return self.size(node)
        name = target._schema.name.removeprefix("aten::")
        if name.startswith(("_assert", "sym_", "_check")):
            return self.size(node) if name.startswith("sym_size") else None
        args = self.arguments(node, target)
        if name.endswith("_") and not name.endswith("__"):
            return self.in_place(node, name, args)
        return self.operation(node, name, args)

    def in_place(self, node: fx.Node, name: str, args: dict[str, Anything]) -> Anything:
        """Follow an in-place operation: from here on its input means the result."""
        if isinstance(args["input"], Counter):
            return args["input"]
        if isinstance(args["input"], Stored):
            raise Refused(
                f"changes {args['input'].name} while the network runs; stored tensors must stay"
            )
        result = self.operation(node, name.removesuffix("_"), args)
        changed = self.owner(node.args[0])
        for other in list(self.known):
            if self.owner(other) is changed:
                self.known[other] = result
        self.memory[node] = changed
        return result

    def owner(self, node: Anything) -> Anything:
        """Find the node whose memory a result lies in."""
        while node in self.memory:
            node = self.memory[node]
        return node

    def operation(self, node: fx.Node, name: str, args: dict[str, Anything]) -> Anything:
        """Add an allowed operation to the graph and return its value."""
        if name in HANDED_ON:
            check_dtype(node)
            if name not in COPIES:
                self.memory[node] = node.args[0]  # type: ignore[assignment]
            return args["input"]
        name = ALIASES.get(name, name)
        for arg in args.values():
            for item in arg if isinstance(arg, tuple) else (arg,):
                if isinstance(item, Folded) and name not in ("reshape", "flatten"):
                    raise folded(item)
        if (special := getattr(self, f"lower_{name}", None)) is not None:
            return special(node, args)
        return self.emit(node, name, args)

    def emit(self, node: fx.Node, name: str, args: dict[str, Anything]) -> Value:
        """Append one of our nodes, its arguments checked by their rules."""
        found = OPERATIONS.get(name)
        if found is None:
            raise Refused(f"{name} is not an allowed operation")
        defaults = {
            a.name: a.default_value for a in schema(node).arguments if a.has_default_value()
        }
        for extra in set(args) - set(found.rules):
            if extra not in OURS and args[extra] not in (None, defaults.get(extra)):
                raise Refused(f"{name} may not be given {extra}={args[extra]!r}")
        checked = {}
        for argument, rule in found.rules.items():
            try:
                checked[argument] = rule(args.get(argument))
            except Refused as refusal:
                raise Refused(f"{name}'s {argument}: {refusal}") from None
        made = Node(found, checked, self.line_of(node))
        self.nodes.append(made)
        if all(isinstance(r, Stored) or r.index in self.weights for r in made.references()):
            self.weights.add(len(self.nodes))
        return Value(len(self.nodes))

    def arguments(self, node: fx.Node, target: Anything) -> dict[str, Anything]:
        """Collect a node's arguments by name, defaults included, references resolved."""
        args = {}
        for position, argument in enumerate(target._schema.arguments):
            if position < len(node.args):
                given = node.args[position]
            else:
                given = node.kwargs.get(argument.name, argument.default_value)
            value = self.value(given)
            if str(argument.type) == "List[int]" and argument.N and is_size(value):
                value = tuple(value) * (argument.N if len(value) == 1 else 1)
            args[RENAMED.get(argument.name, argument.name)] = value
        return args

    def value(self, given: Anything) -> Anything:
        """Resolve a reference, a list of them, or a size that depends on the batch."""
        if isinstance(given, fx.Node):
            return self.known[given]
        if isinstance(given, list | tuple):
            return tuple(self.value(item) for item in given)
        return given

    def size(self, node: fx.Node) -> Anything:
        """Return a size as a plain number, or as the batch's own."""
        size = node.meta.get("val")
        if isinstance(size, int):
            return size
        if isinstance(size, torch.SymInt):
            # Exported with one free size: a lone symbol is the batch itself.
            return BATCH if size.node.expr.is_symbol else written([size])
        return None


def is_size(value: Anything) -> bool:
    """Tell a non-empty list of whole numbers."""
    return isinstance(value, tuple) and bool(value) and all(isinstance(item, int) for item in value)


def describe(results: Anything) -> str:
    """Say how many things a network returned."""
    many = isinstance(results, tuple | list)
    return f"{len(results)} tensors" if many else type(results).__name__


def check_dtype(node: fx.Node) -> None:
    """Refuse a change to another kind of number."""
    value = node.meta.get("val")
    if isinstance(value, Tensor) and value.dtype != torch.float32:
        raise Refused(f"turns features into {value.dtype}; keep them float32")


def folded(features: Folded) -> Problem:
    """Say where the batch was folded into another axis, if nothing unfolds it."""
    at = f"line {features.line}: " if features.line else ""
    return Problem("interface", f"{at}{features.why}", KEEP_BATCH, features.line)


def allowed_hint(node: fx.Node, why: str) -> str:
    """Say what to write instead of an operation that is not allowed."""
    name = str(node.target)
    if why.startswith("makes"):
        return KEEP_BATCH
    if why.startswith("changes"):
        return "keep nothing from batch to batch; only BatchNorm does"
    if why.startswith("turns"):
        return "remove .double(), .half() and dtype="
    if name.startswith("aten.item"):
        return "leave .item() out: a tensor can be used as it is"
    if "rand" in name or "bernoulli" in name:
        return "randomness belongs into dropout and augmentation; remove it from forward"
    if any(word in name for word in ("ones", "zeros", "full", "arange", "eye", "tensor")):
        return "make it a parameter in __init__, where it is counted"
    if "autocast" in name:
        return "remove it: the grader chooses the precision"
    if "set_grad" in name:
        return "remove it (spectral norm uses torch.no_grad too, and cannot be submitted)"
    if any(word in name for word in ("fill", "copy", "index_put")):
        return "make a new tensor instead of assigning into one"
    return "build the network from torch.nn's layers and functions"
