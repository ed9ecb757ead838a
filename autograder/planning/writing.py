"""A plan as a model.py: the planned layers in ordinary PyTorch, with the template's RECIPE.

    text = written(plan("8 12 p 16 gap"))

Names, order and settings are the plan's: what runs has exactly its rows.
"""

import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import assert_never

from autograder.planning.arithmetic import IMAGE, SIDE, Map, follow
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
from autograder.planning.planned import Plan
from course.errors import UsageError

TEMPLATE = Path(__file__).parents[1] / "templates" / "model.py"
RECIPE = "# How to train:"  # the part of the template that begins so is kept
WIDTH = 100
INDENT = "    "

START = '''
Try it: autograde check model.py, then autograde submit model.py.
"""

import torch.nn as nn

'''
RESIDUAL = '''
class Residual(nn.Module):
    """Run some layers, and add what came in to what they make of it."""

    def __init__(self, body, shortcut):
        super().__init__()
        self.body = body
        self.shortcut = shortcut  # brings what came in to the same shape

    def forward(self, x):
        return self.body(x) + self.shortcut(x)

'''
NET = '''
class Net(nn.Module):
    """Images come in as (N, 1, 28, 28), standardised; ten scores for each go out: (N, 10)."""

    def __init__(self):
        super().__init__()
        # Beside a layer: the map that it leaves, and what one of its values sees of the image.
'''
NO_BIAS = "        # No bias where BatchNorm follows: it would only be subtracted again.\n"


def written(plan: Plan) -> str:
    """Write a model.py with exactly the planned network."""
    if not plan.finished:
        raise UsageError("expected a network with ten scores: end the line with gap")
    title = textwrap.fill(f'"""{plan.parameters:,} parameters, planned as: {plan.line}', WIDTH)
    kinds = {type(part) for part in plan.parts}
    template = TEMPLATE.read_text("utf-8")
    return "".join(
        [
            f"{title}\n",
            START,
            RESIDUAL * (Residual in kinds),
            NET,
            NO_BIAS * (BatchNorm2d in kinds),
            *layers(plan),
            "\n    def forward(self, x):\n",
            *forward(plan),
            f"\n\n{template[template.index(RECIPE) :]}",
        ]
    )


def layers(plan: Plan) -> Iterator[str]:
    """Write each block as an nn.Sequential."""
    before = IMAGE
    for block in plan.blocks:
        yield f"{2 * INDENT}self.{block.name} = nn.Sequential(\n"
        for part in [part for layer in block.layers for part in layer.all_parts]:
            steps = list(follow(part, "", before))
            after = steps[-1].after if steps else before
            comment = "" if after == before else f"  # {seen(after)}"
            *rest, last = lines(part, 3 * INDENT)
            yield from rest
            yield f"{last},{comment}\n"
            before = after
        yield f"{2 * INDENT})\n"


def forward(plan: Plan) -> Iterator[str]:
    """Write how the blocks follow each other."""
    for block in plan.blocks[:-1]:
        yield f"{2 * INDENT}x = self.{block.name}(x)  # {shape(block.layers[-1].after)}\n"
    yield f"{2 * INDENT}return self.{plan.blocks[-1].name}(x)  # 10 scores\n"


def shape(map_: Map) -> str:
    """Write a map's channels, rows and columns."""
    return f"{map_.channels} x {map_.rows} x {map_.rows}"


def seen(map_: Map) -> str:
    """Write a map's shape, and what one of its values sees."""
    sees = min(map_.sight.sees, SIDE)
    return f"{shape(map_)}, sees {sees} x {sees}"


def lines(part: Part, indent: str) -> list[str]:
    """Write a layer, over several lines where others stand within it; the last is left open."""
    if not isinstance(part, Residual):
        return [f"{indent}{spelled(part)}"]
    inner = indent + INDENT
    sides = [sequence(side, inner) for side in (part.body, part.shortcut)]
    return [f"{indent}Residual(\n", *sides[0], *sides[1], f"{indent})"]


def sequence(parts: Sequence[Part], indent: str) -> list[str]:
    """Write the layers of one way through a residual block."""
    if not parts:
        return [f"{indent}nn.Identity(),\n"]
    inside = [f"{indent}{INDENT}{spelled(part)},\n" for part in parts]
    return [f"{indent}nn.Sequential(\n", *inside, f"{indent}),\n"]


def spelled(part: Part) -> str:
    """Write a layer as PyTorch code: "nn.Conv2d(1, 8, 3, bias=False)"."""
    match part:
        case Conv2d():
            return call("nn.Conv2d", part.inputs, part.outputs, part.kernel, **settings(part))
        case BatchNorm2d():
            return call("nn.BatchNorm2d", part.channels)
        case Activation():
            return call(f"nn.{part.name}")
        case Pool():
            stride = {} if part.stride == part.kernel else {"stride": part.stride}
            return call(f"nn.{part.name}", part.kernel, **stride)
        case Dropout():
            return call("nn.Dropout", part.share)
        case AdaptiveAvgPool2d():
            return call("nn.AdaptiveAvgPool2d", 1)
        case Flatten():
            return call("nn.Flatten")
        case Residual():
            return "".join(lines(part, ""))
        case _ as never:
            assert_never(never)


def settings(part: Conv2d) -> dict[str, object]:
    """Return the settings of a convolution that are not torch's own."""
    usual = {"stride": 1, "padding": 0, "groups": 1, "bias": True}
    return {k: getattr(part, k) for k, own in usual.items() if getattr(part, k) != own}


def call(name: str, *arguments: object, **settings: object) -> str:
    """Write a call."""
    words = [*map(str, arguments), *(f"{key}={value}" for key, value in settings.items())]
    return f"{name}({', '.join(words)})"
