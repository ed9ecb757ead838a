"""A planned network: what each word of a line adds, and what it comes to under an assignment.

    found = plan("8 12 p 16 16 p 16 gap")
    found.parameters, found.left        # 7,578 and 421
    found.ledger                        # the table that course.ledger makes of the written network
    print(found)

Everything is computed from the words alone, so it costs milliseconds and no torch.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from autograder.assignment import DEFAULT, Assignment, load
from autograder.planning.arithmetic import IMAGE, SIDE, Map, Slide, Step, follow_all
from autograder.planning.building import Built, build
from autograder.planning.grammar import read
from autograder.planning.parts import (
    AdaptiveAvgPool2d,
    Conv2d,
    Flatten,
    Part,
    Pool,
    name_of,
    within,
)
from course.rows import Ledger, Row


@dataclass(frozen=True)
class Layer:
    """What one word adds, and what it leaves."""

    word: str
    place: int  # of the word in its line, from 1
    parts: tuple[Part, ...]
    ending: tuple[Part, ...]  # that nobody asked for: they make ten scores of the last map
    steps: tuple[Step, ...]
    total: int  # parameters up to here

    @property
    def all_parts(self) -> tuple[Part, ...]:
        """All its layers."""
        return (*self.parts, *self.ending)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Its rows in the ledger."""
        return tuple(step.row for step in self.steps if step.row is not None)

    @property
    def slides(self) -> tuple[Slide, ...]:
        """How its kernels slide."""
        return tuple(step.slide for step in self.steps if step.slide is not None)

    @property
    def after(self) -> Map:
        """The map that it leaves."""
        return self.steps[-1].after

    @property
    def parameters(self) -> int:
        """How many numbers it stores."""
        return sum(row.parameters for row in self.rows)

    @property
    def multiply_adds(self) -> int:
        """What it costs for one image."""
        return sum(row.multiply_adds for row in self.rows)

    @property
    def works_at(self) -> float | None:
        """At what share of its map's places a number of it works: its convolutions' least."""
        return min((slide.share for slide in self.slides), default=None)

    def to_dict(self) -> dict[str, object]:
        """Return it as plain JSON."""
        return {
            "word": self.word,
            "does": self.does,
            "shape": [self.after.channels, self.after.rows, self.after.rows],
            "parameters": self.parameters,
            "total": self.total,
            "receptive_field": min(self.after.sight.sees, SIDE),
            "works_at": self.works_at,
            "multiply_adds": self.multiply_adds,
            "rows": [asdict(row) for row in self.rows],
        }

    @property
    def does(self) -> str:
        """Name its layers as torch does."""
        return ", ".join(name_of(part) for part in self.all_parts if not isinstance(part, Flatten))


@dataclass(frozen=True)
class Block:
    """Layers that the written network has as one nn.Sequential."""

    name: str
    layers: tuple[Layer, ...]


@dataclass(frozen=True)
class Plan:
    """A network as one line describes it, and the rules that it is planned by."""

    line: str
    rules: Assignment
    blocks: tuple[Block, ...]

    @property
    def layers(self) -> tuple[Layer, ...]:
        """What each word adds, in order."""
        return tuple(layer for block in self.blocks for layer in block.layers)

    @property
    def parts(self) -> tuple[Part, ...]:
        """All layers, as torch counts them."""
        return tuple(part for layer in self.layers for part in layer.all_parts)

    @property
    def ledger(self) -> Ledger:
        """A row for each operation, by the names of the written network; it prints itself."""
        steps = [step for layer in self.layers for step in layer.steps]
        rows = tuple(row for layer in self.layers for row in layer.rows)
        sees = min(steps[-1].after.sight.sees, SIDE)
        return Ledger(rows, sees, activations=sum(step.after.size for step in steps))

    @property
    def parameters(self) -> int:
        """How many numbers the network stores."""
        return self.layers[-1].total

    @property
    def left(self) -> int:
        """How many more the assignment allows; below zero: how many are too many."""
        return self.rules.fewer_parameters_than - 1 - self.parameters

    @property
    def finished(self) -> bool:
        """Whether it ends with ten scores."""
        return isinstance(self.parts[-1], Flatten)

    def to_dict(self) -> dict[str, object]:
        """Return it as plain JSON."""
        ledger = self.ledger
        return {
            "line": self.line,
            "assignment": self.rules.name,
            "parameters": self.parameters,
            "left": self.left,
            "multiply_adds": ledger.multiply_adds,
            "receptive_field": ledger.receptive_field,
            "finished": self.finished,
            "layers": [layer.to_dict() for layer in self.layers],
        }

    def __str__(self) -> str:
        left = f"{self.left:,} left" if self.left >= 0 else f"{-self.left:,} too many"
        return f"{self.ledger}\n{self.parameters:,} parameters: {left} in {self.rules.name}"


def plan(line: str, assignment: str | Assignment = DEFAULT) -> Plan:
    """Plan the network that a line describes; `autograde plan --help` has the words."""
    rules = assignment if isinstance(assignment, Assignment) else load(assignment)
    words = read(line)
    before, total, blocks = IMAGE, 0, []
    for name, group in arranged(build(words)):
        layers: list[Layer] = []
        number = 0  # of the layer's first part in its block
        for built in group:
            parts = (*built.parts, *built.ending)
            steps = tuple(follow_all(parts, name, before, number))
            stored = sum(step.row.parameters for step in steps if step.row is not None)
            before, total, number = steps[-1].after, total + stored, number + len(parts)
            word = built.word
            layers.append(Layer(word.text, word.place, built.parts, built.ending, steps, total))
        blocks.append(Block(name, tuple(layers)))
    return Plan(words[0].line, rules, tuple(blocks))


def arranged(built: Sequence[Built]) -> Iterator[tuple[str, Sequence[Built]]]:
    """Share the layers out among named blocks: a block ends where its map shrinks to a part.

    The head is last: from the average of all places on, or the layer that makes the scores.
    """
    averages = [n for n, one in enumerate(built) if AdaptiveAvgPool2d() in one.parts]
    ended = bool(built[-1].ending)
    head = averages[0] if averages and ended else len(built) - ended
    first, number = 0, 1
    for place in range(head):
        if place == head - 1 or shrinks(built[place]):
            yield f"block{number}", built[first : place + 1]
            first, number = place + 1, number + 1
    if head < len(built):
        yield "head", built[head:]


def shrinks(built: Built) -> bool:
    """Return whether a layer leaves every other place of its map, or fewer."""
    return any(isinstance(part, Pool | Conv2d) and part.stride > 1 for part in within(built.parts))
