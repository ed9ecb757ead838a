"""The labels by which a fully connected layer is recognised, however it is spelled.

Each axis of a value carries labels that say what lies along it: N the images of the batch, C
channels, H rows and W columns of the image. flow.py takes them through a network, operation by
operation. Here are three ways to end one; a dash stands for an axis without labels:

    a map of features                  (N, 10, 7, 7)    N   C    H  W
    mean over rows and columns, kept   (N, 10, 1, 1)    N   C    -  -
    nn.Conv2d(10, 10, 1)               fine: it adds up channels

    a map of features                  (N, 10, 7, 7)    N   C    H  W
    x.flatten(1)                       (N, 490)         N   CHW
    nn.Linear(490, 10)                 dense: it adds up an axis that holds H and W

    a map of features                  (N, 10, 7, 7)    N   C    H  W
    x.reshape(-1, 490, 1, 1)           (N, 490, 1, 1)   N   CHW  -  -
    nn.Conv2d(490, 10, 1)              dense as well: its input channels hold H and W

The last two have 4,900 learned numbers, one for each of 49 positions in each channel. That is the
rule: no learned number may belong to a position of the image. What a convolution does is allowed,
since its numbers are the same at every position that it slides over.
"""

from dataclasses import dataclass, field
from typing import Literal

from autograder.graph.nodes import Node

Shape = tuple[int, ...]
Labels = frozenset[str]
Axes = tuple[Labels, ...]  # the labels of each axis of one value

NONE: Labels = frozenset()
CHANNELS: Labels = frozenset("C")
POSITIONS: Labels = frozenset("HW")

# Images in the batch that shapes are computed for. More than one, since an axis of length one
# carries no labels.
BATCH_SIZE = 7


@dataclass(frozen=True)
class Flow:
    """What is known of one value: its shape with a batch of BATCH_SIZE images, and its labels.

    The flags say what labels cannot. A value without H and W may still be single pixels, or
    weights that only look like features.
    """

    shape: Shape
    axes: Axes

    # Made of stored tensors alone: no image went into it. A convolution's weight is.
    stored: bool = False

    # One position, taken out of several. x[:, :, 3, 5] is left with the labels N and C, and so
    # nothing shows that it is a pixel; but 784 such pixels joined are the flattened image.
    picked: bool = False

    # Made of a part of the rows or columns. x[:, :, :7, :7].mean((2, 3)) has only N and C as well;
    # sixteen such averages joined are the image again, seen coarsely.
    part: bool = False

    # Learned numbers went into it, beside the image. Every convolution's result is.
    learned: bool = False

    # A map of learned numbers that is the same for every image. A 28x28 kernel that slides over a
    # single 1 among zeros writes all its numbers into the result, one to a position. To labels the
    # result is a map of features like any other; trial.py sees that no image changes it.
    fixed: bool = False


# "dense" is refused where an assignment wants no dense layer. "whole map", a kernel as large as
# its map, is allowed or refused as the assignment says. "large kernel" is only named.
Kind = Literal["dense", "whole map", "large kernel"]


@dataclass(frozen=True)
class Dense:
    """A place where learned numbers meet features of many positions."""

    node: Node
    why: str
    kind: Kind = "dense"

    @property
    def sentence(self) -> str:
        """Say where and why."""
        return f"{self.node.at}{self.why}"


@dataclass
class Findings:
    """What following the labels through a graph found: each value's flow, each dense layer."""

    flows: list[Flow] = field(default_factory=list)  # by the value's number; 0 is the images
    dense: list[Dense] = field(default_factory=list)
