"""A planned network in the terminal: what each word adds, and what the checks will say."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from autograder.display.terminal import bar, finding
from autograder.planning import Plan
from autograder.planning.arithmetic import SIDE
from autograder.planning.foreseen import fits, foreseen
from autograder.planning.planned import Layer
from autograder.words import signed

LEGEND = (
    "works at: the share of its map that one of its numbers slides over; "
    "check measures the whole network"
)
BAR = 8  # letters
# Columns of the table, and the width of a terminal from which each fits.
COLUMNS = {
    "word": 0,
    "layers": 106,
    "map": 0,
    "sees": 0,
    "works at": 0,
    "parameters": 0,
    "": 90,
    "so far": 0,
    "multiply-adds": 74,
}


def planned(plan: Plan, width: int, before: Plan | None = None) -> RenderableType:
    """Show a plan; `before` is the one to compare it with."""
    return Group(
        plan_table(plan, width),
        Text(f" {LEGEND}\n", "dim"),
        *map(finding, foreseen(plan)),
        conclusion(plan),
        *changes(plan, before),
    )


def plan_table(plan: Plan, width: int) -> Table:
    """Lay out the layers, each beside the word that asks for it."""
    greedy = max(plan.layers, key=lambda layer: layer.parameters)  # the first place to save
    names = [name for name, room in COLUMNS.items() if width >= room]
    table = Table(box=None, pad_edge=True, header_style="dim", padding=(0, 1))
    for name in names:
        left = name in ("word", "layers", "")
        table.add_column(name, justify="left" if left else "right", no_wrap=name != "layers")
    for layer in plan.layers:
        cells = row_of(layer, plan, greedy)
        style = "bold yellow" if layer is greedy else ""
        table.add_row(*(cells[name] for name in names), style=style)
    work = f"{plan.ledger.multiply_adds:,}"
    total = {"word": "total", "parameters": f"{plan.parameters:,}", "multiply-adds": work}
    table.add_row(*(total.get(name, "") for name in names), style="bold")
    return table


def row_of(layer: Layer, plan: Plan, greedy: Layer) -> dict[str, str | Text]:
    """Return a layer's cells, by the names of their columns."""
    after, over = layer.after, layer.total >= plan.rules.fewer_parameters_than
    sees = min(after.sight.sees, SIDE)
    return {
        "word": layer.word,
        "layers": layer.does,
        "map": f"{after.channels}×{after.rows}×{after.rows}",
        "sees": f"{sees}×{sees}",
        "works at": works_at(layer),
        "parameters": f"{layer.parameters:,}" if layer.parameters else "",
        "": bar(layer.parameters / (greedy.parameters or 1), BAR),
        "so far": Text(f"{layer.total:,}", "bold red" if over else ""),
        "multiply-adds": f"{layer.multiply_adds:,}" if layer.multiply_adds else "",
    }


def works_at(layer: Layer) -> str | Text:
    """Write at what share of the places a layer's numbers work; one place by its count."""
    share = layer.works_at
    if share is None:
        return ""
    one = next((slide for slide in layer.slides if slide.covers), None)
    return Text(f"1 of {one.before**2}", "bold red") if one else f"{share:.0%}"


def conclusion(plan: Plan) -> Text:
    """Say in a line what the plan comes to."""
    rules = plan.rules.name
    word, style = (f"fits {rules}", "bold green") if fits(plan) else ("not yet", "bold red")
    budget = f"{abs(plan.left):,} parameters {'are left' if plan.left >= 0 else 'too many'}"
    work = f"{plan.ledger.multiply_adds:,} multiply-adds an image"
    return Text.assemble("\n", (f" {word} ", f"reverse {style}"), f" {budget} · {work}")


def changes(plan: Plan, before: Plan | None) -> Iterator[Text]:
    """Say what is more and what is less than in another plan."""
    if before is None or plan.line == before.line:
        return
    more = {
        "parameters": plan.parameters - before.parameters,
        "multiply-adds": plan.ledger.multiply_adds - before.ledger.multiply_adds,
    }
    told = ", ".join(f"{name} {signed(number)}" for name, number in more.items() if number)
    yield Text(f" since the last line: {told or 'as many of everything'}", "dim")
