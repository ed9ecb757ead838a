"""Hash what a submission is, so that the same network and recipe always get the same seeds.

Names and lines are left out: a changed comment or a renamed layer buys no new luck.
"""

import hashlib
import json

from autograder.graph.arguments import Argument, Stored
from autograder.graph.nodes import Graph
from autograder.graph.submission import plain


def of_network(graph: Graph) -> str:
    """Hash a network's operations and the shapes of its tensors."""
    numbers: dict[str, int] = {}  # tensors by the order of their first use, not by name

    def anonymous(arg: Argument) -> object:
        if isinstance(arg, Stored):
            shape = graph.tensors[arg.name].shape if arg.name in graph.tensors else ()
            return {"tensor": numbers.setdefault(arg.name, len(numbers)), "shape": list(shape)}
        return [anonymous(item) for item in arg] if isinstance(arg, tuple) else plain(arg)

    nodes = [
        [node.operation.name, {name: anonymous(arg) for name, arg in node.args.items()}]
        for node in graph.nodes
    ]
    text = json.dumps([nodes, graph.output.index], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def of_submission(graph: Graph, recipe: dict[str, object] | None) -> str:
    """Hash network and recipe: what decides the seeds, and what makes two submissions the same."""
    text = f"{of_network(graph)} {json.dumps(recipe, sort_keys=True)}"
    return hashlib.sha256(text.encode()).hexdigest()
