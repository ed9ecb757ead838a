"""Find the nodes whose sums two threads split: they add in another order than one thread does.

    network.alone = split_sums(network, batch_size=64)

Most operations give each thread outputs of its own, and so the same numbers on one thread as on
two. Which do depends on torch's version, the processor and the sizes. So it is measured: each node
is run on a batch of noise, forward and backward, on one thread and on two.
"""

from collections.abc import Mapping

import torch
from torch import Tensor

from autograder.graph.network import Alone, Call, Network
from course.training.repeatable import on_threads

# A processor computes several numbers at once, a vector of them. What is left over at the end of a
# thread's share it computes one by one, and exp may then differ in its last bit: in too few numbers
# for a measurement to show. A multiple of this many gives each of two threads whole vectors.
VECTORS = 64


def split_sums(network: Network, batch_size: int) -> Alone:
    """Tell which nodes compute other bits on two threads than on one."""
    network.train()
    generator = torch.Generator().manual_seed(0)
    values = {0: torch.rand(batch_size, 1, 28, 28, generator=generator)}
    forward: set[int] = set()
    backward: set[int] = set()
    for made, call in enumerate(network.calls, start=1):
        value, same, same_gradients = compared(network, call, values)
        uneven = value.numel() % VECTORS > 0
        if uneven or not same:
            forward.add(made)
        if uneven or not same_gradients:
            backward.add(made)
        values[made] = value
        for spent in call.spent:
            del values[spent]
    return Alone(frozenset(forward), frozenset(backward))


def compared(
    network: Network, call: Call, values: Mapping[int, Tensor]
) -> tuple[Tensor, bool, bool]:
    """Run a node; return its value, and whether two threads give the same value and gradients."""
    statistics = [buffer.clone() for buffer in network.buffers()]
    value, found, gradients = computed(network, call, values)
    for buffer, before in zip(network.buffers(), statistics, strict=True):
        buffer.copy_(before)
    with on_threads(2):
        _, others, other_gradients = computed(network, call, values)
    return value, same_bits(found, others), same_bits(gradients, other_gradients)


def computed(
    network: Network, call: Call, values: Mapping[int, Tensor]
) -> tuple[Tensor, list[Tensor], list[Tensor]]:
    """Run a node; return its value, that with the statistics it keeps, and its gradients."""
    torch.manual_seed(0)  # for dropout
    read = {number: values[number].detach() for number in call.node.reads()}
    for number, tensor in read.items():
        tensor.requires_grad_(values[number].requires_grad)
    value = network.value(call, {**values, **read})
    found = [value, *(buffer.clone() for buffer in network.buffers())]
    if not value.requires_grad:
        return value, found, []
    wanted = [t for t in (*read.values(), *network.parameters()) if t.requires_grad]
    grads = torch.autograd.grad(value, wanted, torch.randn_like(value), allow_unused=True)
    return value, found, [grad for grad in grads if grad is not None]


def same_bits(some: list[Tensor], others: list[Tensor]) -> bool:
    """Compare numbers of 32 bits, where nan is nan and 0 is not -0."""
    return all(
        torch.equal(a.detach().view(torch.int32), b.detach().view(torch.int32))
        for a, b in zip(some, others, strict=True)
    )
