"""Hash what a submission is, so that the same network and recipe always get the same seeds.

What is hashed is the network's one form (canonical.py), how its weights are drawn (start.py) and
what the recipe comes to (course/recipe). Names and lines are left out: a changed comment, a renamed
layer or `x * 1` buys no new luck. Whatever else decides a training must be in here, since a class
trains what has one hash once, whoever handed it in.
"""

import hashlib
import json

from autograder.graph.arguments import Argument, Stored
from autograder.graph.canonical import canonical
from autograder.graph.nodes import Graph
from autograder.graph.start import unusual
from autograder.graph.submission import plain
from course.recipe import Recipe, RecipeError
from course.recipe.effect import effect


def of_network(graph: Graph) -> str:
    """Hash a network's operations and the shapes of its tensors, as they are trained."""
    return of_form(canonical(graph))


def of_form(graph: Graph) -> str:
    """Hash a network that is in its one form already."""
    numbers: dict[str, int] = {}  # tensors by the order of their first use, not by name

    def anonymous(arg: Argument) -> object:
        if isinstance(arg, Stored):
            shape = graph.tensors[arg.name].shape if arg.name in graph.tensors else ()
            return {"tensor": numbers.setdefault(arg.name, len(numbers)), "shape": list(shape)}
        return [anonymous(item) for item in arg] if isinstance(arg, tuple) else plain(arg)

    # Every argument by its name: a rule that is added to canonical.py later changes the hash of
    # those networks alone that it has something to say about.
    nodes = [
        [node.operation.name, {name: anonymous(arg) for name, arg in node.args.items()}]
        for node in graph.nodes
    ]
    text = json.dumps([nodes, graph.output.index], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def of_submission(graph: Graph, recipe: dict[str, object] | None) -> str:
    """Hash network and recipe: what decides the seeds, and what makes two submissions the same."""
    form = canonical(graph)
    text = f"{of_form(form)} {json.dumps(comes_to(recipe), sort_keys=True)}"
    # Most networks start as torch starts them, and have nothing more to say.
    if start := unusual(form):
        text += f" {json.dumps(start)}"
    return hashlib.sha256(text.encode()).hexdigest()


def comes_to(recipe: dict[str, object] | None) -> dict[str, object] | None:
    """Return what a recipe comes to; one that cannot be followed stays as it is written."""
    try:
        return None if recipe is None else effect(Recipe.read(recipe))
    except RecipeError:
        return recipe
