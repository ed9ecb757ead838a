"""What must hold of a network and its one form, whatever was done to it.

    faults(draft, other)        # the same network, spelled otherwise; [] where all holds

The form computes the same scores and gradients, has itself as its form, and is the same for every
other spelling, and so is the count. mutants.py compares what the checks say.
"""

from dataclasses import replace
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor

from autograder.checks.trial import draw_weight
from autograder.graph import fingerprint
from autograder.graph.canonical import arranged, canonical, same
from autograder.graph.network import Network
from autograder.graph.nodes import Graph
from autograder.graph.simplify import simplify
from autograder.graph.size import size_of
from course import practice
from tests.fuzz.draft import Draft
from tests.fuzz.grading import described

# Of the largest number: torch may add up in another order where an argument is spelled otherwise.
CLOSE, TINY = 1e-3, 1e-6
NOISE = 1e-5  # of a network's largest gradient


@cache
def some_digits() -> tuple[Tensor, Tensor]:
    """Draw a few digits: their blank parts are full of ties, which noise has none of."""
    images, labels = practice.draw(6, 11)
    x = (torch.from_numpy(images)[:, None].float() / 255 - 0.1307) / 0.3081
    return x, torch.from_numpy(labels).long()


def with_weights(graph: Graph) -> Graph:
    """Draw every weight anew, as training does: the file's may be of any size."""
    generator = torch.Generator().manual_seed(1)
    drawn = {name: draw_weight(t, generator) + (t.dim() < 2) for name, t in graph.stored().items()}
    return replace(graph, tensors={**graph.tensors, **drawn})


def faults(draft: Draft, other: Draft) -> list[str]:
    """Say what does not hold of a network and another spelling of it."""
    graph = with_weights(draft.graph())
    try:
        form = canonical(graph)
        simplify(arranged(graph, {}))
    except Exception as error:
        return [f"no form: {described(error)}"]
    found = []
    if not same(form, canonical(form)):
        found.append("the form of the form is another")
    found += [f"the form computes something else: {how}" for how in differences(graph, form)]
    if len(form.stored()) > len(graph.stored()):
        found.append("the form stores more tensors")
    spelling = ", ".join(other.done)
    if fingerprint.of_network(other.graph()) != fingerprint.of_network(draft.graph()):
        found.append(f"another hash when spelled otherwise: {spelling}")
    sizes = size_of(draft.graph()), size_of(other.graph())
    if sizes[0] != sizes[1]:
        found.append(f"another count when spelled otherwise: {sizes}, {spelling}")
    return found


def differences(graph: Graph, form: Graph) -> list[str]:
    """Compare what a graph and its form compute, tested and trained."""
    x, y = some_digits()
    try:
        with torch.no_grad():
            plain = Network(graph).eval()(x)
            formed = Network(form).eval()(x)
    except Exception as error:
        return [described(error)]
    if not alike(plain, formed):
        return [f"scores, by {float((plain - formed).abs().max()):.2g}"]
    if any(node.operation.family == "dropout" and node.args["train"] for node in graph.nodes):
        return []  # drawn in another order
    one, two = (gradients(which, x, y) for which in (graph, form))
    # A bias before a BatchNorm has none but rounding's: beside the others it is nothing.
    noise = NOISE * max((float(gradient.abs().max()) for gradient in one.values()), default=0.0)
    return [
        f"gradient of {name}"
        for name in two
        if name in one and not alike(one[name], two[name], noise)
    ]


def alike(one: Tensor, two: Tensor, noise: float = TINY) -> bool:
    """Return whether two results are one, but for rounding and for what is no number."""
    finite = torch.isfinite(one) & torch.isfinite(two)
    if one.shape != two.shape or not finite.any():
        return one.shape == two.shape
    apart = float((one - two)[finite].abs().max())
    return apart <= CLOSE * float(one[finite].abs().max()) + max(noise, TINY)


def gradients(graph: Graph, x: Tensor, y: Tensor) -> dict[str, Tensor]:
    """Return each tensor's gradient in training, its numbers sorted: a form may store it turned."""
    network = Network(graph).train()
    scores = network(x)
    if not scores.requires_grad:
        return {}
    F.cross_entropy(scores, y).backward()  # type: ignore[no-untyped-call]
    return {
        name: (p.grad if p.grad is not None else torch.zeros_like(p)).flatten().sort().values
        for name, registered in network.names.items()
        if registered.startswith("t") and (p := network.get_parameter(registered)) is not None
    }
