"""The network as it is trained: in its one form, the quicker order, with weights of the grader's.

Whoever trains starts here, so what is trained is what the fingerprint names.
"""

from autograder.graph.canonical import canonical
from autograder.graph.network import Network
from autograder.graph.nodes import Graph
from autograder.graph.start import initial_weights


def ready_to_train(graph: Graph, seed: int) -> Network:
    """Return the network that is trained, with a seed's initial weights."""
    graph = canonical(graph)
    return Network(graph, initial_weights(graph, seed))
