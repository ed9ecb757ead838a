"""The network as data: a list of nodes over named tensors, read, written and rebuilt.

What comes out of the jail is one safetensors file. Its tensors are the initial weights, its
metadata one JSON document:

    {"format": 1, "nodes": [{"op": "conv2d", "args": {...}, "line": 12}, ...], "output": 9,
     "statistics": {"bn1.running_mean": 8}, "recipe": {...}, "network": "Net", "notes": [...]}

Value 0 is the batch of images and node i computes value i + 1, from earlier values only, so there
are no cycles to look for. Everything here may have been sent by an attacker: `read` takes any
bytes and returns a sound Graph or raises Refused with a sentence.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from safetensors.torch import load, save
from torch import Tensor, nn

from autograder.graph.arguments import Refused, Stored, Tensorlike, Value, is_integer, shown
from autograder.graph.operations import OPERATIONS, Operation
from autograder.words import printable

FORMAT = 1
MOST_NODES = 2_000
MOST_TENSORS = 4_000
MOST_ELEMENTS = 2**25  # 33.5 million numbers: five times the stock network
MOST_JSON = 2**22  # characters
FREE_LITERALS = 32  # numbers such as 0.1 or 1e-5 that cost nothing; more of them are weights


@dataclass(frozen=True)
class Node:
    """One operation on earlier values and stored tensors, and the student's line it came from."""

    operation: Operation
    args: dict[str, Any]
    line: int | None = None

    def references(self) -> list[Tensorlike]:
        """List every tensor this node is given, in the order of its arguments."""
        found = []
        for arg in self.args.values():
            items = arg if isinstance(arg, tuple) else (arg,)
            found += [item for item in items if isinstance(item, Value | Stored)]
        return found

    @property
    def at(self) -> str:
        """Say where the student wrote it, to go before a sentence; nothing where nobody knows."""
        return f"line {self.line}: " if self.line else ""

    def reads(self) -> list[int]:
        """List the numbers of the values this node is given."""
        return [ref.index for ref in self.references() if isinstance(ref, Value)]


@dataclass(frozen=True)
class Graph:
    """A network: its nodes, its initial weights, and the sizes of its running statistics."""

    nodes: tuple[Node, ...]
    output: Value
    tensors: dict[str, Tensor]
    statistics: dict[str, int] = field(default_factory=dict)

    def stored(self) -> dict[str, Tensor]:
        """Return the stored tensors that the network uses, in order of first use."""
        used = [
            ref.name for node in self.nodes for ref in node.references() if isinstance(ref, Stored)
        ]
        return {name: self.tensors[name] for name in dict.fromkeys(used) if name in self.tensors}

    def literals(self) -> int:
        """Count the distinct fractions written into the operations beyond what any network has."""
        found = {arg for node in self.nodes for arg in node.args.values() if isinstance(arg, float)}
        return max(0, len(found) - FREE_LITERALS)

    def count(self) -> int:
        """Count what the network stores: every number once, and literals beyond a few dozen."""
        return sum(tensor.numel() for tensor in self.stored().values()) + self.literals()

    def reached(self) -> list[Node]:
        """Return the nodes that the output depends on, in order."""
        needed = {self.output.index}
        for index in range(len(self.nodes), 0, -1):
            if index in needed:
                needed.update(self.nodes[index - 1].reads())
        return [node for index, node in enumerate(self.nodes, start=1) if index in needed]

    def as_dict(self) -> dict[str, Any]:
        """Return the graph without its weights as plain JSON."""
        nodes = [
            {
                "op": n.operation.name,
                "args": {k: plain(v) for k, v in n.args.items()},
                "line": n.line,
            }
            for n in self.nodes
        ]
        return {"nodes": nodes, "output": self.output.index, "statistics": self.statistics}

    def fingerprint(self) -> str:
        """Hash what the network is: no names, no lines, so a changed comment changes nothing."""
        numbers: dict[str, int] = {}

        def anonymous(arg: Any) -> Any:
            if isinstance(arg, Stored):
                shape = self.tensors[arg.name].shape if arg.name in self.tensors else ()
                return {"tensor": numbers.setdefault(arg.name, len(numbers)), "shape": list(shape)}
            return [anonymous(a) for a in arg] if isinstance(arg, tuple) else plain(arg)

        nodes = [
            [n.operation.name, {k: anonymous(v) for k, v in n.args.items()}] for n in self.nodes
        ]
        text = json.dumps([nodes, self.output.index], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Submission:
    """What a model.py became: a graph, the recipe as the student wrote it, and remarks."""

    graph: Graph
    recipe: Any
    network: str
    notes: tuple[str, ...] = ()
    recipe_line: int | None = None


def plain(arg: Any) -> Any:
    """Turn one argument into plain JSON."""
    if isinstance(arg, Value):
        return {"value": arg.index}
    if isinstance(arg, Stored):
        return {"tensor": arg.name}
    return [plain(item) for item in arg] if isinstance(arg, tuple) else arg


def write(submission: Submission) -> bytes:
    """Write a submission as one safetensors file."""
    document = {
        "format": FORMAT,
        "network": submission.network,
        "recipe": submission.recipe,
        "recipe_line": submission.recipe_line,
        "notes": list(submission.notes),
        **submission.graph.as_dict(),
    }
    tensors = {
        name: t.detach().contiguous().clone() for name, t in submission.graph.tensors.items()
    }
    return save(tensors, {"submission": json.dumps(document)})


def read_metadata(data: bytes) -> dict[str, Any]:
    """Read the JSON header of a safetensors file out of any bytes at all."""
    header = int.from_bytes(data[:8], "little")
    try:
        if not 2 <= header <= min(len(data) - 8, MOST_JSON):
            raise ValueError("no header")
        metadata = json.loads(data[8 : 8 + header])["__metadata__"]
    except (ValueError, KeyError, TypeError, RecursionError):
        metadata = None
    if not isinstance(metadata, dict):
        raise Refused("expected a submission, found bytes that are not one")
    return metadata


def read_document(data: bytes) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Read the JSON document and the tensors out of any bytes at all."""
    metadata = read_metadata(data)
    try:
        document = json.loads(metadata["submission"])
        tensors = load(data)
    except Exception as error:  # whatever a parser makes of hostile bytes
        raise Refused("expected a submission, found bytes that are not one") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise Refused(f"expected a submission in format {FORMAT}, found another")
    return document, tensors


def read(data: bytes) -> Submission:
    """Read a submission from any bytes, or refuse it with a sentence."""
    document, tensors = read_document(data)
    network, notes = document.get("network"), document.get("notes", [])
    if not isinstance(network, str) or not isinstance(notes, list):
        raise Refused("expected the network's name and notes, found something else")
    return Submission(
        graph=read_graph(document, tensors),
        recipe=document.get("recipe"),
        network=printable(network, 80),
        notes=tuple(printable(str(note), 300) for note in notes[:20]),
        recipe_line=line_number(document.get("recipe_line")),
    )


def read_graph(document: dict[str, Any], tensors: dict[str, Tensor]) -> Graph:
    """Read the nodes, each argument by its rule, each reference to something that exists."""
    check_tensors(tensors)
    statistics = read_statistics(document.get("statistics", {}))
    if set(statistics) & set(tensors):
        raise Refused("expected running statistics apart from stored tensors, found one in both")
    rows = document.get("nodes")
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_NODES:
        raise Refused(f"expected 1 to {MOST_NODES:,} operations, found {shown(rows)}")
    nodes = tuple(read_node(row, index) for index, row in enumerate(rows))
    known = set(tensors) | set(statistics)
    for index, node in enumerate(nodes):
        check_references(node, index, known, statistics)
    check_statistics(nodes, statistics)
    output = document.get("output")
    if not is_integer(output) or not 1 <= output <= len(nodes):
        raise Refused(f"expected the number of the network's output, found {shown(output)}")
    return Graph(nodes, Value(output), tensors, statistics)


def read_statistics(raw: Any) -> dict[str, int]:
    """Read how many channels each of BatchNorm's running statistics has."""
    if not isinstance(raw, dict) or len(raw) > 2 * MOST_NODES:
        raise Refused("expected the sizes of BatchNorm's statistics, found something else")
    for name, size in raw.items():
        if not is_integer(size) or not 0 < size <= 4096:
            raise Refused(f"expected running statistics of 1 to 4096 channels, found {shown(size)}")
        check_name(name)
    return raw


def check_statistics(nodes: tuple[Node, ...], statistics: dict[str, int]) -> None:
    """Refuse statistics that no BatchNorm keeps, or that are mean and variance at once."""
    means, variances = (
        {node.args[kind].name for node in nodes if kind in node.args}
        for kind in ("running_mean", "running_var")
    )
    if means & variances or means | variances != set(statistics):
        raise Refused("expected each running statistic to be a mean or a variance")


def check_name(name: str) -> None:
    """Refuse a tensor's name that no network of PyTorch's has."""
    if not name.isprintable() or len(name) > 200:
        raise Refused(f"expected a tensor's name of at most 200 letters, found {shown(name)}")


def check_tensors(tensors: dict[str, Tensor]) -> None:
    """Refuse stored tensors that are too many, too large, not float32 or not finite."""
    if len(tensors) > MOST_TENSORS or sum(t.numel() for t in tensors.values()) > MOST_ELEMENTS:
        raise Refused(f"expected at most {MOST_ELEMENTS:,} stored numbers, found more")
    for name, stored in tensors.items():
        check_name(name)
        if stored.dtype != torch.float32:
            raise Refused(f"expected float32 weights, found {stored.dtype} in {shown(name)}")
        if stored.dim() > 6 or stored.numel() == 0:
            raise Refused(
                f"expected weights of 0 to 6 axes, found {shown(name)} {list(stored.shape)}"
            )
        if not torch.isfinite(stored).all():
            raise Refused(f"expected finite weights, found nan or inf in {shown(name)}")


def read_node(row: Any, index: int) -> Node:
    """Read one operation by its rules."""
    if not isinstance(row, dict) or not isinstance(row.get("args"), dict):
        raise Refused(f"expected operation {index + 1} with its arguments, found {shown(row)}")
    name, given, line = row.get("op"), row["args"], row.get("line")
    found = OPERATIONS.get(name) if isinstance(name, str) else None
    if found is None:
        raise Refused(f"expected an allowed operation, found {shown(name)}")
    if set(given) != set(found.rules):
        raise Refused(
            f"expected {found.name} with {', '.join(found.rules)}, found {shown(list(given))}"
        )
    args = {}
    for argument, rule in found.rules.items():
        try:
            args[argument] = rule(given[argument])
        except Refused as refusal:
            raise Refused(f"{found.name}'s {argument}: {refusal}") from None
    return Node(found, args, line_number(line))


def line_number(raw: Any) -> int | None:
    """Read a line of the student's file, or none."""
    return raw if is_integer(raw) and 0 < raw < 10**7 else None


def check_references(node: Node, index: int, known: set[str], statistics: dict[str, int]) -> None:
    """Refuse a node that reads what does not exist, or a statistic where it has no place."""
    for ref in node.references():
        if isinstance(ref, Value) and ref.index > index:
            raise Refused(
                f"expected operation {index + 1} to use earlier values, found {ref.index}"
            )
        if isinstance(ref, Stored) and ref.name not in known:
            raise Refused(f"expected a stored tensor, found {shown(ref.name)}, which is not stored")
    for argument, arg in node.args.items():
        for item in arg if isinstance(arg, tuple) else (arg,):
            is_statistic = isinstance(item, Stored) and item.name in statistics
            if is_statistic != argument.startswith("running_"):
                raise Refused("expected running statistics in BatchNorm, and nowhere else")


def refers(arg: Any) -> bool:
    """Tell whether an argument is a reference, or holds one."""
    return any(isinstance(a, Value | Stored) for a in (arg if isinstance(arg, tuple) else (arg,)))


def initial_weights(graph: Graph, seed: int) -> dict[str, Tensor]:
    """Shuffle the elements within each initial weight and reset BatchNorm.

    An honest random initialisation is the same in distribution afterwards; a smuggled,
    pretrained one is destroyed. The same shuffle gives every seed its own start.
    """
    generator = torch.Generator().manual_seed(seed)
    reset: dict[Any, float] = {}
    for node in graph.nodes:
        if node.operation.name == "batch_norm":
            reset |= {node.args["weight"]: 1.0, node.args["bias"]: 0.0}
    weights = {}
    for name, tensor in graph.stored().items():
        order = torch.randperm(tensor.numel(), generator=generator)
        shuffled = tensor.flatten()[order].reshape(tensor.shape)
        start = reset.get(Stored(name))
        weights[name] = shuffled if start is None else torch.full_like(tensor, start)
    return weights


@dataclass(frozen=True)
class Call:
    """A node as it runs."""

    node: Node
    fixed: dict[str, Any]  # arguments
    looked_up: dict[str, Any]  # arguments that are references
    spent: list[int]  # the values that it is the last to read


class Network(nn.Module):
    """A graph that computes: PyTorch again, made of nothing but allowed operations."""

    def __init__(self, graph: Graph, weights: dict[str, Tensor] | None = None) -> None:
        super().__init__()
        weights = graph.tensors if weights is None else weights
        self.calls: list[Call] = []
        self.output = graph.output.index
        last = {value: i for i, node in enumerate(graph.nodes) for value in node.reads()}
        for i, node in enumerate(graph.nodes):
            looked_up = {a: arg for a, arg in node.args.items() if refers(arg)}
            fixed = {a: arg for a, arg in node.args.items() if a not in looked_up}
            spent = [v for v in set(node.reads()) if last[v] == i and v != self.output]
            self.calls.append(Call(node, fixed, looked_up, spent))
        # Dots are not allowed in a parameter's name, so tensors go by number.
        self.names = {name: f"t{number}" for number, name in enumerate(graph.stored())}
        for name, registered in self.names.items():
            self.register_parameter(registered, nn.Parameter(weights[name].clone()))
        variances = {node.args.get("running_var") for node in graph.nodes}
        for number, (name, size) in enumerate(graph.statistics.items()):
            self.names[name] = f"s{number}"
            start = torch.full((size,), float(Stored(name) in variances))
            self.register_buffer(f"s{number}", start)

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
        args = {argument: self.resolve(arg, values) for argument, arg in call.looked_up.items()}
        mode = call.node.operation.mode
        if mode is not None:
            args[mode] = call.fixed[mode] and self.training
        return call.node.operation.run(**{**call.fixed, **args})

    def resolve(self, arg: Any, values: Mapping[int, Tensor]) -> Any:
        """Look up a reference; anything else is its own value."""
        if isinstance(arg, Value):
            return values[arg.index]
        if isinstance(arg, Stored):
            return getattr(self, self.names[arg.name])
        if isinstance(arg, tuple):
            return tuple(self.resolve(item, values) for item in arg)
        return arg
