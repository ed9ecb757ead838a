"""The values between a network's layers: their mean and deviation, layer by layer.

    found = {"plain": activation_statistics(network, x), "normed": activation_statistics(other, x)}
    draw_activations(found, "What each layer hands on")

The network is read in training mode, where BatchNorm uses the batch itself, and stays as it was.
This is the only figure that needs torch, so it is imported from here, not from course.figures.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping

import torch
from matplotlib.ticker import NullLocator
from torch import Tensor, nn

from course.figures.drawing import (
    LINES,
    NARROW,
    PHONE,
    Drawing,
    Size,
    add_legend,
    also_for_phones,
    style_axes,
)

Statistics = dict[str, tuple[float, float]]  # layer by layer: mean and deviation of its values


def activation_statistics(
    network: nn.Module, x: Tensor, kind: type[nn.Module] = nn.ReLU
) -> Statistics:
    """Return mean and deviation of the image, of each output of a kind of layer, and of the scores.

    x: (N, 1, 28, 28), standardised
    """
    found: Statistics = {"image": _mean_and_deviation(x)}
    # A copy: in training mode BatchNorm updates its running statistics.
    network = copy.deepcopy(network).to(x.device).train()

    def note(module: nn.Module, inputs: object, output: Tensor) -> None:
        found[str(len(found))] = _mean_and_deviation(output)

    for module in network.modules():
        if isinstance(module, kind):
            module.register_forward_hook(note)
    devices = [x.device] if x.is_cuda else []
    # Dropout draws random numbers; afterwards the generators are where they were, so that a
    # training gives the same numbers with this call before it and without.
    with torch.random.fork_rng(devices), torch.no_grad():
        scores = network(x)
    found["scores"] = _mean_and_deviation(scores)
    return found


@also_for_phones(size=(PHONE, 5.4))
def draw_activations(
    statistics: Mapping[str, Statistics],
    title: str = "What each layer hands on",
    size: Size = (8.5, 3.8),
) -> Drawing:
    """Draw the mean and the deviation of each layer's values, a line for each network."""
    figure = Drawing(size, title)
    wide = size[0] >= NARROW
    left, right = figure.subplots(*((1, 2) if wide else (2, 1)))
    for (label, found), style in zip(statistics.items(), LINES, strict=False):
        means, deviations = zip(*found.values(), strict=True)
        for axes, values in ((left, means), (right, deviations)):
            axes.plot(list(found), values, label=label, **style)
    for axes, label in ((left, "mean"), (right, "deviation")):
        style_axes(axes, "after layer", label, grid="y")
    # A signal that fades loses the same share in each layer: a straight line on this scale, which
    # has no place for 0.
    if all(deviation > 0 for found in statistics.values() for _, deviation in found.values()):
        right.set_yscale("log")
        right.yaxis.set_minor_locator(NullLocator())
    right.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    add_legend(figure, left, 4)
    said = (
        f"{label}: {', '.join(f'{name} {deviation:.2g}' for name, (_, deviation) in found.items())}"
        for label, found in statistics.items()
    )
    figure.alt = f"{title}. Deviation, layer by layer; {'; '.join(said)}."
    return figure


def _mean_and_deviation(x: Tensor) -> tuple[float, float]:
    x = x.detach().double()  # sums of millions of floats lose digits
    return float(x.mean()), float(x.std(correction=0))
