"""The table of a network's layers as bars: where its parameters are.

draw_layers(ledger(network))
"""

from __future__ import annotations

from matplotlib.ticker import MaxNLocator

from course.figures.drawing import (
    INK,
    PALE,
    PHONE,
    RED,
    Drawing,
    also_for_phones,
    style_axes,
    thousands,
    write_text,
)
from course.figures.letters import drawable
from course.rows import Ledger


@also_for_phones(width=PHONE)
def draw_layers(ledger: Ledger, title: str | None = None, width: float = 7.5) -> Drawing:
    """Draw what each layer stores, in the order they run; the one with the most is hatched."""
    rows = [row for row in ledger.rows if row.parameters or row.shared]
    title = title or f"Where {ledger.parameters:,} parameters go"
    figure = Drawing((width, 1.1 + 0.27 * max(3, len(rows))), title)
    axes = figure.subplots()
    style_axes(axes, "parameters", "", grid="x")
    for place, row in enumerate(rows):
        greedy = row == ledger.greedy
        color, hatch = (RED, "///") if greedy else (PALE, None)
        axes.barh(place, row.parameters, color=color, hatch=hatch, edgecolor=INK, linewidth=0.7)
        share = row.parameters / max(1, ledger.parameters)
        percent = f"{share:.0%}" if share >= 0.005 else "<1%"
        text = f" {row.parameters:,} ({percent})" if row.parameters else " shared"
        bar_end = (row.parameters, place)
        write_text(axes, *bar_end, text, transform=axes.transData, ha="left", bold=greedy)
    most = int(4 * width)  # characters; a long name ends in what tells it from others
    short = [row.name if len(row.name) <= most else "…" + row.name[1 - most :] for row in rows]
    known = [drawable(name, f"layer {n}") for n, name in enumerate(short, start=1)]
    names = [f"{name}   {row.operation}" for name, row in zip(known, rows, strict=True)]
    axes.set_yticks(range(len(rows)), names)
    axes.set_ylim(max(3, len(rows)) - 0.4, -0.6)  # the first layer on top
    longest = max((row.parameters for row in rows), default=0)
    inches = max(1.0, width - 2.7)  # for the longest bar: beside it stand its name and its count
    axes.set_xlim(0, longest * (1 + 1.3 / inches) or 1)
    axes.xaxis.set(major_locator=MaxNLocator(4, integer=True), major_formatter=thousands)
    if not rows:
        write_text(axes, 0.5, 0.5, "nothing is stored")
    said = ", ".join(f"{row.name} {row.parameters:,}" for row in rows)
    greediest = f" The most is in {ledger.greedy.name}." if ledger.greedy else ""
    figure.alt = f"{title}: {said or 'nothing is stored'}.{greediest}"
    return figure
