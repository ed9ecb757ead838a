"""The same network, quicker: a ReLU that a max pool follows runs after the pool.

The largest of some numbers, cut off at zero, is the largest of the numbers cut off at zero, and
its gradient goes to the same one of them, or nowhere. So nothing changes but the time: after the
pool there are a quarter as many numbers to cut off.
"""

from collections import Counter
from dataclasses import replace

from autograder.graph.arguments import Value
from autograder.graph.network import Network
from autograder.graph.nodes import Graph
from autograder.graph.weights import initial_weights


def ready_to_train(graph: Graph, seed: int) -> Network:
    """Return the network as it is trained: in the quicker order, with a seed's initial weights."""
    return Network(pool_first(graph), initial_weights(graph, seed))


def pool_first(graph: Graph) -> Graph:
    """Return the graph with every ReLU that only a max pool reads moved after that pool."""
    nodes = list(graph.nodes)
    readers = Counter(value for node in nodes for value in node.reads())
    readers[graph.output.index] += 1
    # Node i makes value i + 1, so a ReLU and the pool next to it can change places.
    for i in range(len(nodes) - 1):
        relu, pool = nodes[i : i + 2]
        names = relu.operation.name, pool.operation.name
        if names == ("relu", "max_pool2d") and pool.reads() == [i + 1] and readers[i + 1] == 1:
            nodes[i] = replace(pool, args={**pool.args, "input": relu.args["input"]})
            nodes[i + 1] = replace(relu, args={**relu.args, "input": Value(i + 1)})
    return replace(graph, nodes=tuple(nodes))
