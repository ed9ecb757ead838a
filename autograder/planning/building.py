"""Words become layers: each knows the map it finds, and says so where it does not fit.

    build(read("8 p gap"))      # three Built: a word, and its layers as parts.py has them

The layers are the course's own: no bias where BatchNorm follows, since it would only be subtracted
again, and neither BatchNorm nor ReLU behind the ten scores.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from autograder.planning.arithmetic import SIDE, rows_after
from autograder.planning.grammar import SWITCHES, Word
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

DIGITS = 10  # scores
KERNEL, POOL, DROPOUT = 3, 2, 5  # where a word says nothing


@dataclass(frozen=True)
class Built:
    """The layers that one word asks for, and those that end the network behind it."""

    word: Word
    parts: tuple[Part, ...]
    ending: tuple[Part, ...] = ()


def build(words: Sequence[Word]) -> tuple[Built, ...]:
    """Build the layers of a line; PlanError where one does not fit the map before it."""
    return tuple(Builder().build(words))


class Builder:
    """The map so far, and what the switches of the line say."""

    def __init__(self) -> None:
        self.channels, self.rows = 1, SIDE
        self.norm = True
        self.bias: bool | None = None  # None: where no BatchNorm follows
        self.activation: Literal["ReLU", "SiLU"] = "ReLU"

    def build(self, words: Sequence[Word]) -> Iterator[Built]:
        """Build one word after the other."""
        layers = [word for word in words if word.kind not in SWITCHES]
        if not layers:
            raise words[-1].wrong(f"expected a layer, found {words[-1].text} alone")
        for word in words:
            if word.kind in SWITCHES:
                self.turn(word.kind)
                continue
            last = word is layers[-1]
            parts = tuple(self.parts(word, last))
            yield Built(word, parts, tuple(self.ending(word)) if last else ())

    def turn(self, switch: str) -> None:
        """Turn a switch for all words behind it."""
        match switch:
            case "bn" | "nobn":
                self.norm = switch == "bn"
            case "bias" | "nobias":
                self.bias = switch == "bias"
            case "relu":
                self.activation = "ReLU"
            case "silu":
                self.activation = "SiLU"

    def parts(self, word: Word, last: bool) -> list[Part]:
        """Build one word's layers."""
        match word.kind:
            case "c":
                return self.convolution(word, last)
            case "d":
                return self.depthwise(word)
            case "r":
                return self.residual(word)
            case "p" | "a":
                return [self.pool(word)]
            case "do":
                return [Dropout((word.number or DROPOUT) / 100)]
            case _:
                self.rows = 1
                return [AdaptiveAvgPool2d()]

    def convolution(self, word: Word, last: bool) -> list[Part]:
        """A convolution and what follows it: nothing, where it makes the ten scores."""
        outputs = word.number or 1
        conv = self.sliding(word, Conv2d(self.channels, outputs, word.kernel or KERNEL))
        scores = last and (self.channels, self.rows) == (DIGITS, 1)
        conv = self.with_bias(conv, normed=self.norm and not scores)
        return [conv] if scores else [conv, *self.after()]

    def depthwise(self, word: Word) -> list[Part]:
        """A kernel for each channel; with a number, a 1x1 behind it mixes them to so many."""
        width = self.channels
        each = Conv2d(width, width, word.kernel or KERNEL, groups=width)
        each = self.sliding(word, each)
        if word.number is None:
            return [self.with_bias(each, normed=self.norm), *self.after()]
        # None between the two, where the line does not say: the bias behind the 1x1 does as much.
        each = replace(each, bias=self.bias is True)
        mix = self.with_bias(Conv2d(width, word.number, 1), normed=self.norm)
        self.channels = word.number
        return [each, mix, *self.after()]

    def residual(self, word: Word) -> list[Part]:
        """Two padded 3x3, and what came in added: by a 1x1, where it has another shape."""
        inputs, stride = self.channels, word.stride or 1
        outputs = word.number or inputs
        same = (inputs, stride) == (outputs, 1)
        three, one = (Conv2d(inputs, outputs, k, stride, k // 2) for k in (3, 1))
        self.channels, self.rows = outputs, rows_after(self.rows, three)
        [*norm, activation] = self.after()
        body = [three, *norm, activation, replace(three, inputs=outputs, stride=1), *norm]
        shortcut = [] if same else [one, *norm]
        sides = (tuple(self.normed(part) for part in side) for side in (body, shortcut))
        return [Residual(*sides), activation]

    def pool(self, word: Word) -> Part:
        """A window that moves on by its own size, where nothing else is said."""
        kernel = word.number or POOL
        pool = Pool("max" if word.kind == "p" else "avg", kernel, word.stride or kernel)
        found, self.rows = self.rows, rows_after(self.rows, pool)
        if self.rows < 1:
            advice = "leave it out, or pool less before it"
            sentence = f"too small for a pool of {kernel}x{kernel}: {advice}"
            raise word.wrong(f"the map is {found}x{found} here, {sentence}")
        return pool

    def sliding(self, word: Word, conv: Conv2d) -> Conv2d:
        """Return a convolution as its word has it slide, if there is a map for that."""
        conv = replace(conv, stride=word.stride or 1, padding=word.padding or 0)
        found, self.rows = self.rows, rows_after(self.rows, conv)
        if self.rows < 1:
            padded = word.respelled(padding=conv.kernel // 2)
            advice = f"pad it, {padded}, or take {word.respelled(kernel=found, padding=None)}"
            sentence = f"too small for a kernel of {conv.kernel}x{conv.kernel}: {advice}"
            raise word.wrong(f"the map is {found}x{found} here, {sentence}")
        self.channels = conv.outputs
        return conv

    def after(self) -> list[Part]:
        """Return what follows a convolution."""
        norm: list[Part] = [BatchNorm2d(self.channels)] if self.norm else []
        return [*norm, Activation(self.activation)]

    def normed(self, part: Part) -> Part:
        """Return a layer before BatchNorm: a convolution that has its bias from there."""
        return self.with_bias(part, self.norm) if isinstance(part, Conv2d) else part

    def with_bias(self, conv: Conv2d, normed: bool) -> Conv2d:
        """Give a convolution a bias where no BatchNorm takes it away, or as the line says."""
        return replace(conv, bias=not normed if self.bias is None else self.bias)

    def ending(self, word: Word) -> Iterator[Part]:
        """Yield what is missing to ten scores, where the line has left one place."""
        if self.rows > 1:
            return
        if word.kind == "gap" and self.channels != DIGITS:
            yield self.with_bias(Conv2d(self.channels, DIGITS, 1), normed=False)
            self.channels = DIGITS
        if self.channels == DIGITS:
            yield Flatten()
