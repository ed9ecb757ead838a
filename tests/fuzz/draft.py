"""A captured answer under change: plain JSON and tensors, and what is known of its shapes.

draft = Draft.of(data)
draft.insert(3, [op("relu", input=value(3))])
data = draft.pack()
"""

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from safetensors.torch import save
from torch import Tensor

from autograder.checks.flow import run_on_shapes
from autograder.graph.arguments import Refused
from autograder.graph.network import Network
from autograder.graph.nodes import Graph
from autograder.graph.reading import read_document, read_graph

BATCH = 7
MOST_VALUES = 2**19  # numbers in all values for one image: larger ones are slow, and say no more

Row = dict[str, Any]  # one operation: {"op": "relu", "args": {"input": {"value": 3}}, "line": 1}
Ref = dict[str, Any]
Shape = tuple[int, ...]


def op(name: str, **args: Any) -> Row:
    return {"op": name, "args": args, "line": None}


def value(index: int) -> Ref:
    return {"value": index}


def tensor(name: str) -> Ref:
    return {"tensor": name}


def is_ref(raw: Any) -> bool:
    return isinstance(raw, dict) and len(raw) == 1 and next(iter(raw)) in ("value", "tensor")


def mapped(raw: Any, change: Callable[[Ref], Ref]) -> Any:
    """Copy arguments with each reference changed."""
    if is_ref(raw):
        return change(raw)
    if isinstance(raw, dict):
        return {key: mapped(item, change) for key, item in raw.items()}
    return [mapped(item, change) for item in raw] if isinstance(raw, list) else raw


def references(raw: Any) -> list[Ref]:
    found: list[Ref] = []
    mapped(raw, lambda ref: found.append(ref) or ref)  # type: ignore[func-returns-value]
    return found


@dataclass
class Draft:
    """An answer under change."""

    document: dict[str, Any]  # with the nodes, the recipe and the rest
    tensors: dict[str, Tensor]  # never changed in place
    shapes: list[Shape] = field(default_factory=list)  # of every value, since the last `settle`
    done: list[str] = field(default_factory=list)  # the names of the changes made

    @classmethod
    def of(cls, data: bytes) -> "Draft":
        """Read a sound answer."""
        draft = cls(*read_document(data))
        draft.settle()
        return draft

    def copy(self) -> "Draft":
        return Draft(
            copy.deepcopy(self.document), dict(self.tensors), list(self.shapes), [*self.done]
        )

    @property
    def nodes(self) -> list[Row]:
        rows: list[Row] = self.document["nodes"]
        return rows

    @property
    def output(self) -> int:
        index: int = self.document["output"]
        return index

    @property
    def statistics(self) -> dict[str, int]:
        sizes: dict[str, int] = self.document["statistics"]
        return sizes

    def pack(self) -> bytes:
        """Write it as the bytes that come out of a jail."""
        # Each tensor with memory of its own, as the format wants it.
        tensors = {name: t.contiguous().clone() for name, t in self.tensors.items()}
        return save(tensors, {"submission": json.dumps(self.document)})

    def graph(self) -> Graph:
        """Read it as the grader does, or raise Refused."""
        return read_graph(self.document, self.tensors)

    def settle(self) -> None:
        """Drop statistics that nothing uses, and work out every value's shape, or raise Refused."""
        used = {ref["tensor"] for row in self.nodes for ref in references(row) if "tensor" in ref}
        kept = {name: size for name, size in self.statistics.items() if name in used}
        self.document["statistics"] = kept
        graph = self.graph()
        network = Network(graph).to("meta").train()
        values = {0: torch.empty(BATCH, 1, 28, 28, device="meta")}
        for index, node in enumerate(graph.nodes, start=1):
            values[index] = run_on_shapes(network, node, values)
        self.shapes = [tuple(values[index].shape) for index in range(len(values))]
        if sum(torch.Size(shape).numel() for shape in self.shapes) > BATCH * MOST_VALUES:
            raise Refused("too large to be worth a try")
        if self.shapes[self.output] != (BATCH, 10):
            raise Refused("no ten scores")

    # ---- changing ------------------------------------------------------------------------------

    def insert(self, at: int, rows: list[Row]) -> int:
        """Put operations behind value `at`; they count their own values from at + 1 on.

        Return the number of the last one's value. Later references move along.
        """
        more = len(rows)

        def moved(ref: Ref) -> Ref:
            return value(ref["value"] + more) if ref.get("value", 0) > at else ref

        later = [mapped(row, moved) for row in self.nodes[at:]]
        self.document["nodes"] = [*self.nodes[:at], *rows, *later]
        if self.output > at:
            self.document["output"] += more
        return at + more

    def redirect(self, old: int, new: int, which: Callable[[], bool] = lambda: True) -> None:
        """Let what reads value `old`, behind value `new`, read that instead, where `which` says."""

        def moved(ref: Ref) -> Ref:
            return value(new) if ref.get("value") == old and which() else ref

        self.document["nodes"][new:] = [mapped(row, moved) for row in self.nodes[new:]]
        if self.output == old and which():
            self.document["output"] = new

    def store(self, numbers: Tensor) -> Ref:
        """Store a new tensor."""
        name = f"new{len(self.tensors)}"
        while name in self.tensors:
            name += "x"
        self.tensors[name] = numbers
        return tensor(name)

    def count_statistics(self, channels: int) -> tuple[Ref, Ref]:
        """Keep statistics for one more BatchNorm."""
        names = [f"{kind}{len(self.statistics)}" for kind in ("mean", "var")]
        while set(names) & set(self.statistics):
            names = [f"{name}x" for name in names]
        self.statistics.update(dict.fromkeys(names, channels))
        return tensor(names[0]), tensor(names[1])

    def images(self) -> list[int]:
        """Number the values that depend on the images."""
        found = {0}
        for made, row in enumerate(self.nodes, start=1):
            if any(ref.get("value") in found for ref in references(row)):
                found.add(made)
        return sorted(found)
