"""A plan as HTML: each word's sizes as bars, the budget, and what the checks will say.

    drawn(plan("8 12 p 16 gap"))

The planner in a notebook (widget.py) shows it, and the site where no script runs. With scripts the
site draws the same itself, with the arithmetic of lessons/site/plan.js; a test holds both to the
same letters.
Bars lie behind their numbers, in a colour that is seen through, on white pages and on dark ones.
"""

from collections.abc import Iterator
from html import escape

from autograder.planning.arithmetic import SIDE
from autograder.planning.foreseen import fits, foreseen
from autograder.planning.planned import Layer, Plan
from autograder.verdict import Check

HEADS = ("layer", "map", "sees", "works at", "parameters", "multiply-adds")
CAPTION = (
    "Each layer: the map that it leaves (channels, rows, columns), how many rows of the image one "
    "of its values sees, the share of places that one of its numbers works at, what it stores, and "
    "what it costs."
)
BAR, OVER = "#0072b238", "#d55e0055"  # the last two digits: how much is seen through
MARKS = {"pass": "✓", "fail": "✗", "skip": "·", "error": "✗"}


def drawn(plan: Plan) -> str:
    """Return the plan as HTML."""
    heads = "".join(f'<th scope="col">{head}</th>' for head in HEADS)
    rows = "".join(row(layer, plan) for layer in plan.layers)
    return (
        f'<div class="plan">{budget(plan)}'
        f'<table aria-label="{CAPTION}"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
        f"<ul>{''.join(map(finding, foreseen(plan)))}</ul></div>"
    )


def on_page(plan: Plan) -> str:
    """Return the plan as a page of the site has it, where planner.js makes it one to change."""
    return f'<div class="planner" data-line="{escape(plan.line)}">{drawn(plan)}</div>'


def budget(plan: Plan) -> str:
    """Return the sum as a bar: all that is allowed is its whole width."""
    most = plan.rules.fewer_parameters_than - 1
    left = f"{abs(plan.left):,} {'left' if plan.left >= 0 else 'too many'}"
    style = bar(plan.parameters / most, OVER if plan.left < 0 else BAR)
    verdict = f"fits {plan.rules.name}" if fits(plan) else "not yet"
    return (
        f'<p class="budget"{style}><strong>{plan.parameters:,}</strong> of {most:,} parameters, '
        f"<strong>{left}</strong>; {plan.ledger.multiply_adds:,} multiply-adds an image: "
        f"<strong>{verdict}</strong></p>"
    )


def row(layer: Layer, plan: Plan) -> str:
    """Return a layer's row; a bar that is full is the longest of its column, or all there is."""
    after, sees = layer.after, min(layer.after.sight.sees, SIDE)
    most_values = max(one.after.size for one in plan.layers)
    most_stored = max(one.parameters for one in plan.layers)
    most_work = max(one.multiply_adds for one in plan.layers)
    over = OVER if layer.total >= plan.rules.fewer_parameters_than else BAR
    cells = (
        cell(f"{after.channels}×{after.rows}×{after.rows}", after.size / most_values),
        cell(str(sees), sees / SIDE),
        places(layer),
        cell(number(layer.parameters), layer.parameters / (most_stored or 1), over),
        cell(number(layer.multiply_adds), layer.multiply_adds / (most_work or 1)),
    )
    head = f'<th scope="row">{escape(layer.word)} <small>{layer.does}</small></th>'
    return f"<tr>{head}{''.join(cells)}</tr>"


def places(layer: Layer) -> str:
    """Return at what share of its map's places a layer's numbers work."""
    share = layer.works_at
    if share is None:
        return cell("", 0)
    one = next((slide for slide in layer.slides if slide.covers), None)
    return cell(f"1 of {one.before**2}", share, OVER) if one else cell(f"{share:.0%}", share)


def number(count: int) -> str:
    """Write a count; none at all is an empty cell."""
    return f"{count:,}" if count else ""


def cell(text: str, share: float, colour: str = BAR) -> str:
    """Return a cell with its bar."""
    return f"<td{bar(share, colour)}>{text}</td>"


def bar(share: float, colour: str) -> str:
    """Return the style that draws a bar behind a text."""
    percent = min(100, int(100 * share))
    return (
        f' style="background:linear-gradient(90deg,{colour} {percent}%,transparent {percent}%)"'
        if percent
        else ""
    )


def finding(check: Check) -> str:
    """Return what a check will say."""
    return f"<li>{MARKS[check.status]} {' · '.join(map(escape, words(check)))}</li>"


def words(check: Check) -> Iterator[str]:
    """Yield what was found, what follows, and what to do."""
    parts = (check.found, check.message, check.hint)
    known = [part for part in parts if part] or [check.expected]
    yield check.id
    # A failure's message holds what was found.
    yield from known[1:] if check.bad and check.found and check.message else known
