"""What runs through a network: the mean and deviation of its values, layer by layer.

    spreads = {"plain": spread(network, x), "normed": spread(other, x)}
    draw_spreads(spreads, "What each layer hands on")

A spread is read in training mode, as BatchNorm sees a batch while it learns; the network comes
back as it was.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping

import torch
from matplotlib.ticker import NullLocator
from torch import Tensor, nn

from course.figures.plots import BLUE, GREY, INK, NARROW, RED, Drawing, Size, _dress, _legend

Spread = dict[str, tuple[float, float]]  # what is handed on: its mean and deviation


def spread(network: nn.Module, x: Tensor, kind: type[nn.Module] = nn.ReLU) -> Spread:
    """Return mean and deviation of the image, of what each layer of a kind makes, and the scores.

    x: (N, 1, 28, 28), standardised
    """
    found: Spread = {"image": _of(x)}
    network = (
        copy.deepcopy(network).to(x.device).train()
    )  # a copy: BatchNorm remembers what it is shown

    def note(module: nn.Module, given: object, made: Tensor) -> None:
        found[str(len(found))] = _of(made)

    for module in network.modules():
        if isinstance(module, kind):
            module.register_forward_hook(note)
    devices = [x.device] if x.is_cuda else []
    with torch.random.fork_rng(devices), torch.no_grad():  # dropout draws, and nobody notices
        scores = network(x)
    found["scores"] = _of(scores)
    return found


def draw_spreads(
    spreads: Mapping[str, Spread], title: str = "What each layer hands on", size: Size = (8.5, 3.8)
) -> Drawing:
    """Draw the mean and the deviation of each layer's values, a line for each network."""
    figure = Drawing(size, title)
    wide = size[0] >= NARROW
    left, right = figure.subplots(*((1, 2) if wide else (2, 1)))
    # Wide and dashed, with their own markers: told apart without their colours.
    styles = [(RED, "--", "s"), (BLUE, "-", "o"), (INK, ":", "^"), (GREY, "-.", "D")]
    for (label, found), (color, dash, marker) in zip(spreads.items(), styles, strict=False):
        means, deviations = zip(*found.values(), strict=True)
        for axes, values in ((left, means), (right, deviations)):
            axes.plot(list(found), values, dash, color=color, marker=marker, label=label)
    for axes, label in ((left, "mean"), (right, "deviation")):
        _dress(axes, "after layer", label, grid="y")
    if all(deviation > 0 for found in spreads.values() for _, deviation in found.values()):
        right.set_yscale("log")  # what fades, fades by the same share in each layer
        right.yaxis.set_minor_locator(NullLocator())
    right.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    _legend(figure, left, 4)
    said = (
        f"{label}: {', '.join(f'{name} {dev:.2g}' for name, (_, dev) in found.items())}"
        for label, found in spreads.items()
    )
    figure.alt = f"{title}. Deviation, layer by layer; {'; '.join(said)}."
    return figure


def _of(x: Tensor) -> tuple[float, float]:
    x = x.detach().double()
    return float(x.mean()), float(x.std(correction=0))
