"""How many numbers a network stores: the count that every table, check and leaderboard shows."""

from autograder.graph.nodes import Graph

# Numbers such as 0.1 or 1e-5 that cost nothing; written into the operations, more are weights.
FREE_LITERALS = 32


def count(graph: Graph) -> int:
    """Count what the network stores: every number once, and literals beyond a few dozen."""
    return sum(tensor.numel() for tensor in graph.stored().values()) + literals(graph)


def literals(graph: Graph) -> int:
    """Count the distinct fractions written into the operations beyond what any network has."""
    found = {arg for node in graph.nodes for arg in node.args.values() if isinstance(arg, float)}
    return max(0, len(found) - FREE_LITERALS)
