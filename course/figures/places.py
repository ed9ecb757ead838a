"""What share of the image's places a learned number works at, layer by layer and over networks.

draw_places({"a convolution at its end": shares, "a dense layer": others})
draw_shares({"convolutional": least, "with a hidden dense layer": others})
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill

from course.figures.drawing import (
    GREY,
    INK,
    NARROW,
    PALE,
    PHONE,
    RED,
    Drawing,
    also_for_phones,
    style_axes,
    write_text,
)

ONE_PLACE = 0.12  # what the grader takes for one place: checks/places/tally.py
PLACES = 49  # that it looks at, 7x7


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
def draw_shares(groups: Mapping[str, Sequence[float]], width: float = 9.0) -> Drawing:
    """Draw the least share of each network as a mark, a row for each group of networks."""
    title = "The least share of places that a number works at, in each network"
    figure = Drawing((width, 1.2 + 0.55 * len(groups)), title)
    axes = figure.subplots()
    wide = width >= NARROW
    style_axes(axes, "share of the places", "", grid="x")
    for row, shares in enumerate(groups.values()):
        # Marks that would hide each other stand above each other.
        lanes = [row + 0.12 * (place % 5 - 2) for place in range(len(shares))]
        colors = [RED if share < ONE_PLACE else INK for share in sorted(shares)]
        axes.scatter(sorted(shares), lanes, s=16, c=colors, alpha=0.55, linewidths=0)
    axes.axvline(ONE_PLACE, color=GREY, linewidth=1, linestyle="--")
    names = [f"{name} ({len(shares)})" for name, shares in groups.items()]
    axes.set_yticks(range(len(groups)), [name if wide else fill(name, 16) for name in names])
    axes.set_ylim(len(groups) - 0.5, -0.5)
    axes.set_xscale("log")
    axes.set_xlim(0.016, 1.1)
    ticks = [0.02, 0.05, ONE_PLACE, 0.25, 0.5, 1] if wide else [0.02, ONE_PLACE, 1]
    axes.set_xticks(ticks, [f"{tick:.0%}" for tick in ticks])
    axes.minorticks_off()
    told = "; ".join(
        f"{name}: {min(shares):.2f} to {max(shares):.2f} in {len(shares)} networks"
        for name, shares in groups.items()
        if shares
    )
    figure.alt = f"{title}. {told}."
    return figure
