"""A network that was measured just now is not measured again, although its lines have moved.

    measured = Measured()
    measured(graph); measured(graph)        # the second costs nothing

In `autograde watch` one worker checks a file at every save, and many a save changes the recipe
alone. What is measured depends on the graph but for the lines that its nodes came from; sentences
name these, so they are taken from the new graph.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from autograder.checks.labels import Dense
from autograder.checks.places.measure import Places, measure
from autograder.graph.nodes import Graph
from autograder.graph.submission import Submission, write


class Measured:
    """Measures networks, and remembers the last one."""

    def __init__(self) -> None:
        self.known: tuple[bytes, Graph, Places] | None = None

    def __call__(self, graph: Graph) -> Places:
        """Say where a network's numbers work."""
        content = hashlib.sha256(without_lines(graph)).digest()
        if self.known is None or self.known[0] != content:
            self.known = content, graph, measure(graph)
        _, before, places = self.known
        return moved(places, before, graph)


def without_lines(graph: Graph) -> bytes:
    """Write a graph with its weights, but without lines."""
    nodes = tuple(replace(node, line=None) for node in graph.nodes)
    return write(Submission(replace(graph, nodes=nodes), None, ""))


def moved(places: Places, before: Graph, after: Graph) -> Places:
    """Return what was found in one graph for another that is the same but for its lines."""
    now = {id(old): new for old, new in zip(before.nodes, after.nodes, strict=True)}

    def at_its_line(found: Iterable[Dense]) -> list[Dense]:
        return [replace(one, node=now[id(one.node)]) for one in found]

    return replace(places, dense=at_its_line(places.dense), kernels=at_its_line(places.kernels))
