"""What share of the image's places a learned number works at, layer by layer and over networks.

draw_places({"a convolution at its end": shares, "a dense layer": others})
draw_shares({"convolutional": (least, []), "with a hidden dense layer": ([], others)})
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from course.figures.drawing import (
    INK,
    NARROW,
    PALE,
    PHONE,
    RED,
    Drawing,
    add_legend,
    also_for_phones,
    style_axes,
    write_text,
)

ONE_PLACE = 0.12  # what the grader takes for one place: checks/places/tally.py
PLACES = 49  # that it looks at, 7x7

Judged = tuple[Sequence[float], Sequence[float]]  # shares of networks: allowed, refused
# Bars of one width on a logarithmic scale, and one of them ends where one place does.
BINS = ONE_PLACE ** (1 - np.arange(-9, 10) / 9)
ENDS = (BINS[0], BINS[-1])
WORDS = ["1 of 49", "5%", "12%", "25%", "50%", "all"]


@also_for_phones(width=PHONE)
def draw_places(networks: Mapping[str, Mapping[str, float]], width: float = 9.0) -> Drawing:
    """Draw a panel for each network: for each layer, the share that one of its numbers works at."""
    most = max(len(shares) for shares in networks.values())
    title = "At how many places does one number work?"
    down, across = (len(networks), 1) if width < NARROW else (1, len(networks))
    figure = Drawing((width, 0.5 + down * (0.8 + 0.27 * max(3, most))), title)
    panels = figure.subplots(down, across, squeeze=False)
    for axes, (network, shares) in zip(panels.flat, networks.items(), strict=True):
        axes.set_title(network, fontsize=9.5, color=INK)
        style_axes(axes, "share of the places", "", grid="x")
        for place, share in enumerate(shares.values()):
            low = share < ONE_PLACE
            color, hatch = (RED, "///") if low else (PALE, None)
            axes.barh(place, share, color=color, hatch=hatch, edgecolor=INK, linewidth=0.7)
            text = f" {share:.0%}" + (
                f", about {max(1, round(share * PLACES))} of 49" if low else ""
            )
            write_text(axes, share, place, text, transform=axes.transData, ha="left", bold=low)
        axes.set_yticks(range(len(shares)), list(shares))
        axes.set_ylim(max(3, most) - 0.4, -0.6)  # the first layer on top
        axes.set_xlim(0, 1.18)
        axes.set_xticks([0, 0.5, 1], ["0", "50%", "100%"])
    told = "; ".join(
        f"{network}: " + ", ".join(f"{name} {share:.0%}" for name, share in shares.items())
        for network, shares in networks.items()
    )
    figure.alt = f"{title} {told}."
    return figure


@also_for_phones(width=PHONE)
def draw_shares(groups: Mapping[str, Judged], width: float = 9.0) -> Drawing:
    """Draw how the networks of each group are spread: by their least share, and what became of it.

    Each group is two lists of shares, of the networks that were allowed and of those refused.
    """
    title = "Where a network's narrowest numbers work"
    figure = Drawing((width, 1.1 + 1.05 * len(groups)), title)
    panels = figure.subplots(len(groups), sharex=True, squeeze=False)[:, 0]
    for axes, (group, judged) in zip(panels, groups.items(), strict=True):
        allowed, refused = (np.histogram(np.clip(shares, *ENDS), BINS)[0] for shares in judged)
        add_bars(axes, allowed, "allowed", PALE)
        add_bars(axes, refused, "refused as dense", RED, "////", on=allowed)
        for left, right, count in zip(BINS, BINS[1:], allowed + refused, strict=False):
            if count:
                middle = (left * right) ** 0.5
                write_text(axes, middle, count, str(count), transform=axes.transData, va="bottom")
        style_axes(axes, "", "", grid="x")
        axes.set_title(f"{group} ({sum(map(len, judged))})", loc="left", fontsize=9.5, color=INK)
        axes.axvline(ONE_PLACE, color=INK, linewidth=1.2, linestyle="--")
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_ylim(0, 1.25 * max(1, *(allowed + refused)))
    last = panels[-1]
    last.set_xscale("log")
    last.set_xlim(*ENDS)
    few = [word if width >= NARROW or word not in ("5%", "25%") else "" for word in WORDS]
    last.set_xticks([1 / PLACES, 0.05, ONE_PLACE, 0.25, 0.5, 1], few)
    last.minorticks_off()
    between = " " if width >= NARROW else "\n"
    said = f"share of the image's places;{between}left of the line: one place"
    last.set_xlabel(said, fontsize=9.5)
    add_legend(figure, last, 2)
    figure.alt = f"{title}. {'; '.join(map(tell, groups, groups.values()))}."
    return figure


def add_bars(
    axes: Axes,
    counts: NDArray[np.int_],
    name: str,
    color: str,
    hatch: str = "",
    on: NDArray[np.int_] | None = None,
) -> None:
    """Draw how many networks fall in each bin, on top of others."""
    axes.bar(
        BINS[:-1],
        counts,
        width=np.diff(BINS),
        bottom=on,
        align="edge",
        label=name,
        color=color,
        hatch=hatch,
        edgecolor=INK,
        linewidth=0.7,
    )


def tell(group: str, judged: Judged) -> str:
    """Say where the networks of a group are."""
    parts = [
        f"{len(shares)} {what}, from {min(shares):.0%} to {max(shares):.0%}"
        for what, shares in zip(("allowed", "refused"), judged, strict=True)
        if shares
    ]
    return f"{group}: {' and '.join(parts) or 'none'}"
