"""What a model.py became, and the one file that carries it out of the jail.

That file is in the safetensors format. Its tensors are the initial weights, its metadata one JSON
document:

    {"format": 1, "nodes": [{"op": "conv2d", "args": {...}, "line": 12}, ...], "output": 9,
     "statistics": {"bn1.running_mean": 8}, "recipe": {...}, "network": "Net", "notes": [...],
     "recipe_line": 40, "recipe_lines": {"epochs": 41}, "recipe_missed": "", "skipped": ""}
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from safetensors.torch import save

from autograder.graph.arguments import Argument, Stored, Value
from autograder.graph.nodes import Graph

FORMAT = 1


@dataclass(frozen=True)
class Submission:
    """A graph, the recipe as the student wrote it, and remarks for the student."""

    graph: Graph
    recipe: object  # plain JSON, not yet checked
    network: str  # its class's name
    notes: tuple[str, ...] = ()
    recipe_line: int | None = None
    recipe_lines: Mapping[str, int] = field(default_factory=dict)  # of its words: "optimizer.lr"
    recipe_missed: str = ""  # why the recipe is not what the file says; "": it is
    skipped: str = ""  # what of the file was not run, and why

    def line_of(self, word: Sequence[str]) -> int | None:
        """Return the line of a word of the recipe, or of the nearest one that it is in."""
        known = (".".join(word[:depth]) for depth in range(len(word), 0, -1))
        lines = (self.recipe_lines[name] for name in known if name in self.recipe_lines)
        return next(lines, self.recipe_line)


def write(submission: Submission) -> bytes:
    """Write a submission as one safetensors file."""
    graph = submission.graph
    document = {
        "format": FORMAT,
        "network": submission.network,
        "recipe": submission.recipe,
        "recipe_line": submission.recipe_line,
        "recipe_lines": dict(submission.recipe_lines),
        "recipe_missed": submission.recipe_missed,
        "skipped": submission.skipped,
        "notes": list(submission.notes),
        "nodes": [
            {
                "op": node.operation.name,
                "args": {name: plain(arg) for name, arg in node.args.items()},
                "line": node.line,
            }
            for node in graph.nodes
        ],
        "output": graph.output.index,
        "statistics": graph.statistics,
    }
    tensors = {name: t.detach().contiguous().clone() for name, t in graph.tensors.items()}
    return save(tensors, {"submission": json.dumps(document)})


def plain(arg: Argument) -> object:
    """Turn one argument into plain JSON."""
    if isinstance(arg, Value):
        return {"value": arg.index}
    if isinstance(arg, Stored):
        return {"tensor": arg.name}
    return [plain(item) for item in arg] if isinstance(arg, tuple) else arg
