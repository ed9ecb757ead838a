"""A trained network as one safetensors file: its weights by the student's own names.

    content = pack(submission, network)
    net.load_state_dict(safetensors.torch.load(content))     # net: of the student's own class
    network = unpack(content)                                # the graph again, ready to be tested

Beside the weights the file holds the graph, as a submission's does (submission.py). So a network
can be rebuilt of the file alone, without running anybody's code.
"""

from dataclasses import replace

import torch
from torch import Tensor

from autograder.graph.canonical import canonical
from autograder.graph.network import Network
from autograder.graph.nodes import Graph
from autograder.graph.reading import read_document, read_graph, read_statistics
from autograder.graph.submission import Submission, write


def pack(submission: Submission, network: Network) -> bytes:
    """Write the network that a submission was trained to."""
    graph = submission.graph
    weights = named(graph, network)
    trained = Submission(replace(graph, tensors=weights), None, submission.network)
    return write(trained)


def named(graph: Graph, network: Network) -> dict[str, Tensor]:
    """Return a network's weights and statistics by the student's names, in the student's shapes."""
    # What is trained is the graph's one form, in which a tensor may be stored in another shape or
    # order. Numbers that say where they came from, sent the same way, tell how to put it back.
    places = {name: torch.arange(t.numel()).view(t.shape) for name, t in graph.tensors.items()}
    moved = canonical(replace(graph, tensors=places)).tensors
    found = {name: tensor.detach().clone() for name, tensor in graph.tensors.items()}
    for name, registered in network.names.items():
        trained: Tensor = getattr(network, registered).detach().cpu()
        if name in moved:
            found[name].view(-1)[moved[name].flatten()] = trained.flatten()
        else:
            found[name] = trained.clone()  # a running statistic
    return found


def unpack(content: bytes) -> Network:
    """Rebuild a trained network from its file."""
    document, tensors = read_document(content)
    sizes = read_statistics(document.get("statistics", {}))
    statistics = {name: tensors.pop(name) for name in sizes if name in tensors}
    network = Network(canonical(read_graph(document, tensors)))
    buffers = dict(network.named_buffers())
    for name, registered in network.names.items():
        if name in statistics:
            buffers[registered].copy_(statistics[name])
    return network.eval()
