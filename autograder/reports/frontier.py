"""A class's networks: parameters against accuracy, a dot for each student.

Both axes are logarithmic, the upright one in errors: 98 to 99 and 99.0 to 99.5 both halve them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from autograder.assignment import Assignment
from autograder.reports.figure import (
    BOTTOM,
    LEFT,
    RIGHT,
    TOP,
    Dot,
    Figure,
    Line,
    Rule,
    Scale,
    accuracy_ticks,
    decades,
)
from course.validators import counted

LEAST = 0.01  # errors in percent, one of 10,000: the scale has no room for none at all
LONGEST = 18  # letters of a name in the figure


@dataclass(frozen=True)
class Network:
    """One dot."""

    name: str
    parameters: int
    accuracy: float  # of 1
    passed: bool
    href: str = ""
    spread: float = 0.0  # between its seeds, of 1
    verified: bool = False
    reference: bool = False  # one of the course's own, which nobody competes with

    @property
    def errors(self) -> float:
        """How many percent it misreads."""
        return errors_at(self.accuracy)

    @property
    def kind(self) -> str:
        """How its dot looks."""
        if self.reference:
            return "reference"
        return "enough verified" if self.verified else "enough" if self.passed else "short"

    def __str__(self) -> str:
        ending = "verified" if self.verified else "passed" if self.passed else "not passed"
        if self.reference:
            ending = "the course's own"
        return f"{self.name}: {self.parameters:,} parameters, {self.accuracy:.2%}, {ending}"


def errors_at(accuracy: float) -> float:
    """Return how many percent are misread."""
    return max(LEAST, 100 - 100 * accuracy)


def frontier(everyone: Sequence[Network], rules: Assignment) -> Figure:
    """Draw accuracy against parameters, and the step line of those that no smaller one equals."""
    networks = [one for one in everyone if not one.reference]
    aim = max(LEAST, 100 - float(rules.percent))
    # Who is far off stands at the lower edge and leaves the others room.
    worst = max([2 * aim, *(min(one.errors, 20 * aim) for one in networks)]) * 1.2
    fewest = min([aim, *(one.errors for one in networks)]) / 1.35
    near = [one for one in everyone if not one.reference or fewest <= one.errors <= worst]
    sizes = [max(1, one.parameters) for one in near] + [rules.fewer_parameters_than]
    x = Scale(min(sizes) / 1.3, max(sizes) * 1.3, LEFT, RIGHT, log=True)
    y = Scale(worst, fewest, BOTTOM, TOP, log=True)
    best = unequalled(networks)
    ends = [*best[1:], None][: len(best)]
    steps: list[tuple[float, float]] = []
    for one, smaller in zip(best, ends, strict=True):
        right = x(smaller.parameters) if smaller else RIGHT
        steps += [(x(one.parameters), y(one.errors)), (right, y(one.errors))]
    limit = rules.fewer_parameters_than
    return Figure(
        alt=in_words(networks, best, rules),
        across="parameters",
        x_ticks=x.ticks({value: f"{value:,.0f}" for value in decades(x.low, x.high, 5)}),
        y_ticks=y.ticks(accuracy_ticks(fewest, worst)),
        lines=((Line.through("steps", steps),) if best else ()) + tuple(bars(networks, x, y)),
        dots=tuple(dots(near, best, x, y)),
        level=Rule(y(aim), f"{rules.percent}%"),
        limit=Rule(x(limit), f"fewer than {limit:,}"),
    )


def unequalled(networks: Iterable[Network]) -> list[Network]:
    """Return those networks that no smaller one equals, the smallest first."""
    best: list[Network] = []
    for one in sorted(networks, key=lambda n: (n.parameters, n.errors)):
        if not best or one.errors < best[-1].errors:
            best.append(one)
    return best


def bars(networks: Iterable[Network], x: Scale, y: Scale) -> Iterator[Line]:
    """Draw how far the seeds of each network differ."""
    for one in networks:
        if one.spread:
            ends = one.accuracy - one.spread, one.accuracy + one.spread
            yield Line.through("spread", [(x(one.parameters), y(errors_at(end))) for end in ends])


def dots(networks: Sequence[Network], best: Sequence[Network], x: Scale, y: Scale) -> Iterable[Dot]:
    """Place every network; those of the frontier last, and named where there is room."""
    named: list[tuple[float, float]] = []
    for one in sorted(networks, key=lambda n: (not n.reference, n in best)):
        at = x(one.parameters), y(one.errors)
        clear = all(abs(at[1] - b) > 14 or abs(at[0] - a) > 110 for a, b in named)
        label = ""
        if one in best and one.passed and clear:
            named.append(at)
            label = one.name if len(one.name) <= LONGEST else f"{one.name[: LONGEST - 1]}…"
        yield Dot(*at, one.kind, str(one), one.href, label)


def in_words(networks: Sequence[Network], best: Sequence[Network], rules: Assignment) -> str:
    """Say what the figure shows."""
    passed = [one for one in networks if one.passed]
    smallest = min(passed, key=lambda n: n.parameters, default=None)
    said = f"; the smallest that passed is {smallest}" if smallest else ""
    many = f"{counted(len(networks), 'network')}, {len(passed)} of them passed"
    return f"Accuracy against parameters, {rules.percent}% to reach: {many}{said}."
