"""Find the nodes whose sums two threads split: they add in another order than one thread does.

    network.alone = split_sums(network, x)

Most operations give each thread outputs of its own, and so the same numbers on one thread as on
two. Which do is torch's business, and another one for other sizes. So it is measured: each node is
run on a batch, forward and backward, on one thread and on two.
"""

from collections.abc import Mapping

import torch
from torch import Tensor

from autograder.graph.network import Alone, Call, Network


def split_sums(network: Network, x: Tensor) -> Alone:
    """Tell which values, and which gradients, have other bits on two threads than on one."""
    statistics = [buffer.clone() for buffer in network.buffers()]
    network.train()
    split_values: set[int] = set()
    split_gradients: set[int] = set()
    values = {0: x}
    for made, call in enumerate(network.calls, start=1):
        told = []
        for threads in (1, 2):
            for buffer, before in zip(network.buffers(), statistics, strict=True):
                buffer.copy_(before)
            torch.set_num_threads(threads)
            told.append(computed(network, call, values))
        torch.set_num_threads(1)
        (alone, gradients), (shared, others) = told
        if not all(map(equal, alone, shared)):
            split_values.add(made)
        if not all(map(equal, gradients, others)):
            split_gradients.add(made)
        values[made] = alone[0]
        for value in call.spent:
            del values[value]
    return Alone(frozenset(split_values), frozenset(split_gradients))


def computed(
    network: Network, call: Call, values: Mapping[int, Tensor]
) -> tuple[list[Tensor], list[Tensor]]:
    """Run a node; return its value with the statistics that it keeps, and its gradients."""
    torch.manual_seed(0)  # for dropout
    read = {number: values[number].detach() for number in call.node.reads()}
    for number, tensor in read.items():
        tensor.requires_grad_(values[number].requires_grad)
    value = network.value(call, {**values, **read})
    kept = [buffer.clone() for buffer in network.buffers()]
    wanted = [t for t in (*read.values(), *network.parameters()) if t.requires_grad]
    if not value.requires_grad:
        return [value, *kept], []
    grads = torch.autograd.grad(value, wanted, torch.randn_like(value), allow_unused=True)
    return [value, *kept], [grad for grad in grads if grad is not None]


def equal(a: Tensor, b: Tensor) -> bool:
    """Compare two tensors, in which a number that is none equals another."""
    return torch.equal(a.detach().nan_to_num(), b.detach().nan_to_num())
