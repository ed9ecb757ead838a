"""Networks that take each image as a row of 784 numbers, as many training loops give it to them.

Such a loop flattens the images before it calls the network. Here this is done by a hook, so that
layers keep their names and lines.
"""

import torch
from torch import Tensor, nn

ROWS = "forward takes rows of 784 numbers: the images are flattened before it"


def give_rows(network: nn.Module) -> None:
    """Let a network that answers flattened images, and no others, be given images."""
    x = torch.zeros(2, 1, 28, 28)
    if not answers(network, x) and answers(network, x.flatten(1)):
        network.register_forward_pre_hook(flattened)


def is_given_rows(network: nn.Module) -> bool:
    """Return whether a network's images are flattened before it."""
    return flattened in network._forward_pre_hooks.values()


@torch.no_grad()
def answers(network: nn.Module, x: Tensor) -> bool:
    """Return whether a network makes two times ten numbers of two images."""
    try:
        scores = network.eval()(x)
    except (Exception, SystemExit):
        return False
    return isinstance(scores, Tensor) and scores.numel() == 20


def flattened(network: nn.Module, given: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Flatten the images: (N, 1, 28, 28) to (N, 784)."""
    return (given[0].flatten(1), *given[1:])
