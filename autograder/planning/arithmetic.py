"""What a layer does to a map: the shape it leaves, what it stores, sees and costs.

    [step] = follow(Conv2d(1, 8, 3), "block1.0", IMAGE)
    step.after.rows, step.row.parameters        # 26 and 72

The rows are those that course/ledger.py finds in the same network when it runs. Here nothing runs.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import assert_never

from autograder.planning.parts import (
    Activation,
    AdaptiveAvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    Part,
    Pool,
    Residual,
)
from course.rows import Row
from course.sight import Sight

SIDE = 28  # of an image


@dataclass(frozen=True)
class Map:
    """What lies between two layers: so many channels, and what each of their values sees."""

    channels: int
    sight: Sight

    @property
    def rows(self) -> int:
        """How many rows it has, and as many columns."""
        return self.sight.rows

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        return self.channels * self.rows**2

    def behind(self, part: Conv2d | Pool) -> "Map":
        """Return the map that a window over this one makes."""
        channels = part.outputs if isinstance(part, Conv2d) else self.channels
        rows = rows_after(self.rows, part)
        return Map(channels, self.sight.window(part.kernel - 1, part.stride, rows))


IMAGE = Map(channels=1, sight=Sight(sees=1, jump=1, rows=SIDE))


def rows_after(rows: int, part: Conv2d | Pool) -> int:
    """Return at how many rows a window fits; it does not where that is below 1."""
    padding = part.padding if isinstance(part, Conv2d) else 0
    return (rows + 2 * padding - part.kernel) // part.stride + 1


@dataclass(frozen=True)
class Slide:
    """A kernel and its map: how far it slides there."""

    kernel: int
    stride: int
    before: int  # rows of the map that it reads
    after: int  # and of the one that it makes

    @property
    def share(self) -> float:
        """At what share of its map's places one of its numbers works.

        That is 1 for a 1x1, and one place of them all for a kernel that covers its map.
        """
        return min(1.0, ((self.after - 1) * self.stride + 1) / self.before) ** 2

    @property
    def covers(self) -> bool:
        """Whether it covers its whole map, as the check has it: with nowhere to slide to."""
        one_place = self.after == 1 and self.kernel**2 >= self.before**2 / 4
        return self.kernel > 1 < self.before and (self.kernel >= self.before or one_place)

    @property
    def remark(self) -> str:
        """Say that it covers its map, or most of it, in the words of the check."""
        kernel, area = (f"{side}x{side}" for side in (self.kernel, self.before))
        if self.covers:
            same = ": the same arithmetic as a dense layer" if self.after == 1 else ""
            return f"its {kernel} kernel covers its whole {area} map{same}"
        most = self.before > 1 and self.kernel**2 > self.before**2 / 2
        return f"its {kernel} kernel covers most of its {area} map" if most else ""


@dataclass(frozen=True)
class Step:
    """One operation: the map that it leaves, and its row where the ledger has one."""

    after: Map
    row: Row | None = None
    slide: Slide | None = None


def follow(part: Part, name: str, before: Map) -> Iterator[Step]:
    """Yield the operations of a layer that the network calls by this name."""
    match part:
        case Conv2d():
            after = before.behind(part)
            slide = Slide(part.kernel, part.stride, before.rows, after.rows)
            yield Step(after, convolution_row(part, name, after), slide)
        case BatchNorm2d(channels):
            yield Step(before, row_of(name, "batch_norm", before, 2 * channels))
        case Pool():
            after = before.behind(part)
            stride = f" /{part.stride}" if part.stride != part.kernel else ""
            does = f"{part.function} {part.kernel}x{part.kernel}{stride}"
            yield Step(after, row_of(part.function, does, after))
        case AdaptiveAvgPool2d():
            after = Map(before.channels, before.sight.everything())
            yield Step(after, row_of("adaptive_avg_pool2d", "adaptive_avg_pool2d", after))
        case Activation() | Dropout():
            yield Step(before)
        case Flatten():
            return  # the same numbers under another shape
        case Residual():
            body = list(follow_all(part.body, f"{name}.body", before))
            shortcut = list(follow_all(part.shortcut, f"{name}.shortcut", before))
            yield from body
            yield from shortcut
            one, other = (side[-1].after if side else before for side in (body, shortcut))
            sight = Sight(max(one.sight.sees, other.sight.sees), one.sight.jump, one.rows)
            after = Map(one.channels, sight)
            yield Step(after, row_of("add", "add", after))
        case _ as never:
            assert_never(never)


def follow_all(parts: Iterable[Part], name: str, before: Map, first: int = 0) -> Iterator[Step]:
    """Yield the operations of layers in an nn.Sequential, from its layer number `first` on."""
    for number, part in enumerate(parts, start=first):
        for step in follow(part, f"{name}.{number}", before):
            yield step
            before = step.after


def convolution_row(part: Conv2d, name: str, after: Map) -> Row:
    """Return the row of a convolution."""
    kernel = part.inputs // part.groups * part.kernel**2  # numbers that make one of its channels
    words = [f"conv2d {part.kernel}x{part.kernel}"]
    words += [f"/{part.stride}"] * (part.stride > 1)
    words += ["depthwise"] * (part.groups > 1)
    stored = part.outputs * (kernel + part.bias)
    return row_of(name, " ".join(words), after, stored, after.size * kernel)


def row_of(
    name: str, operation: str, after: Map, parameters: int = 0, multiply_adds: int = 0
) -> Row:
    """Return the row of an operation that leaves this map."""
    shape, sight = (after.channels, after.rows, after.rows), after.sight
    sees = min(sight.sees, SIDE)
    return Row(name, operation, shape, parameters, False, sees, sight.jump, multiply_adds)
