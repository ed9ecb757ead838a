"""What a planned network is made of: layers as plain data, under torch's own names."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, assert_never


@dataclass(frozen=True)
class Conv2d:
    """A convolution; `groups` as many as its channels where it is depthwise."""

    inputs: int
    outputs: int
    kernel: int
    stride: int = 1
    padding: int = 0
    groups: int = 1
    bias: bool = False


@dataclass(frozen=True)
class BatchNorm2d:
    """A scale and a shift for each channel."""

    channels: int


@dataclass(frozen=True)
class Activation:
    """What makes a layer more than a sum."""

    name: Literal["ReLU", "SiLU"]


@dataclass(frozen=True)
class Pool:
    """A window that keeps its largest number, or the average of all."""

    kind: Literal["max", "avg"]
    kernel: int
    stride: int

    @property
    def name(self) -> str:
        """Return the name of torch's layer."""
        return f"{self.kind.title()}Pool2d"

    @property
    def function(self) -> str:
        """Return the name of torch's function, which the ledger calls it by."""
        return f"{self.kind}_pool2d"


@dataclass(frozen=True)
class Dropout:
    """Some of all numbers are zero while it trains."""

    share: float


@dataclass(frozen=True)
class AdaptiveAvgPool2d:
    """The average of all places."""


@dataclass(frozen=True)
class Flatten:
    """A map of one place becomes a row of scores."""


@dataclass(frozen=True)
class Residual:
    """Layers, and what came in added to what they make of it."""

    body: "tuple[Part, ...]"
    shortcut: "tuple[Part, ...]"  # what came in goes through these; mostly there are none


Part = Conv2d | BatchNorm2d | Activation | Pool | Dropout | AdaptiveAvgPool2d | Flatten | Residual


def within(parts: Iterable[Part]) -> Iterator[Part]:
    """Yield layers, and behind a residual block those within it."""
    for part in parts:
        yield part
        if isinstance(part, Residual):
            yield from within((*part.body, *part.shortcut))


def name_of(part: Part) -> str:
    """Return torch's name of a layer, with the kernel where it has one: "Conv2d 3x3"."""
    match part:
        case Conv2d():
            kind = " depthwise" if part.groups > 1 else ""
            return f"Conv2d {part.kernel}x{part.kernel}{kind}"
        case Pool():
            return f"{part.name} {part.kernel}x{part.kernel}"
        case Activation():
            return part.name
        case Dropout():
            return f"Dropout {part.share:.0%}"
        case Residual():
            return "Residual of two Conv2d 3x3"
        case BatchNorm2d() | AdaptiveAvgPool2d() | Flatten():
            return type(part).__name__
        case _ as never:
            assert_never(never)
