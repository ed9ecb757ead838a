"""Layers that keep weights of their own, one for each channel: convolutions and norms.

They are what a network is made of and pass. A layer is dense where what it takes for channels are
really positions of the image, or where its kernel is as large as the map it slides over.
"""

from autograder.checks.families.step import Step, labels_of_side
from autograder.checks.labels import CHANNELS, POSITIONS, Axes, Shape
from autograder.graph.arguments import Stored

PER_POSITION = "it keeps learned numbers per position of the image"


def convolution(step: Step, shape: Shape) -> Axes:
    """Slide over rows and columns, and mix channels."""
    image, weight = step.inputs[0], step.inputs[1]
    # A weight made of features would be another one for each batch of images.
    if image.stored or not weight.stored:
        step.refuse("needs features as input and a stored weight")
    if len(image.shape) != 4 or len(weight.shape) != 4:
        step.refuse("needs a batch of images (N, C, H, W)")
    check_channels(step, shape)
    kernel = weight.shape[2:]
    # A kernel is made to slide over rows alone, or columns alone. Where they are folded into one
    # axis, as by x.view(-1, 1, 1, 784), a long kernel has a number for each position. One of side
    # 1 has not: a 1x1 convolution over flattened positions does the same as over the map.
    folded = any(
        len(axis & (CHANNELS | POSITIONS)) > 1 < side
        for axis, side in zip(image.axes[2:], kernel, strict=True)
    )
    if step.holds_positions(1):
        step.note_dense("its input channels are positions of the image")
    elif folded:
        step.note_dense("it slides over rows, columns and channels folded into one axis")
    else:
        note_large_kernel(step, image.shape[2:], kernel, shape[2:])
    rows, columns = (labels_of_side(image, shape, side) for side in (2, 3))
    return (image.axes[0], CHANNELS, rows, columns)


def check_channels(step: Step, shape: Shape) -> None:
    """Refuse weights that do not fit the channels.

    Torch does not always look: run on shapes alone, a transposed convolution takes any channels.
    """
    image, weight = step.inputs[0], step.inputs[1]
    channels, groups = image.shape[1], step.node.integer("groups")
    # A transposed convolution's weight has its input channels first.
    into = weight.shape[1] * groups if step.name == "conv2d" else weight.shape[0]
    if into != channels or channels % groups or weight.shape[0] % groups:
        step.refuse(f"does not fit {channels} channels in {groups} groups")
    if any(flow.shape != (shape[1],) for flow in step.inputs[2:]):
        step.refuse(f"needs a bias of {shape[1]} channels")


def note_large_kernel(step: Step, area: Shape, kernel: Shape, result: Shape) -> None:
    """Name a kernel that covers its whole map, or more than half of it.

    On a 7x7 map a 7x7 kernel without padding has one place to be, so it never slides: it is
    nn.Linear on the flattened map, number for number.
    """
    (height, width), (rows, columns) = area, kernel
    if height * width == 1:  # after global pooling: there is nothing to slide over
        return
    if rows >= height and columns >= width:
        why = f"its {rows}x{columns} kernel covers its whole {height}x{width} map"
        same = ": the same arithmetic as a dense layer" if result == (1, 1) else ""
        step.note_dense(why + same, "whole map")
    elif rows * columns > height * width / 2:
        why = f"its {rows}x{columns} kernel covers most of its {height}x{width} map"
        step.note_dense(why, "large kernel")


def channel_norm(step: Step, shape: Shape) -> Axes:
    """Scale and shift each channel by two learned numbers: batch, group and instance norm."""
    for ref in step.node.references():
        if isinstance(ref, Stored) and step.graph.statistics.get(ref.name, shape[1]) != shape[1]:
            step.refuse(f"needs running statistics of {shape[1]} channels")
    if any(flow.shape != (shape[1],) for flow in step.inputs[1:]):
        step.refuse(f"needs a weight and a bias of {shape[1]} channels")
    # Without a weight and a bias there is nothing to learn, so nothing to belong to a position.
    if len(step.inputs) > 1 and step.holds_positions(1):
        step.note_dense(PER_POSITION)
    return step.inputs[0].axes


def layer_norm(step: Step, shape: Shape) -> Axes:
    """Scale and shift each entry of the last axes by two learned numbers."""
    normalized = step.node.integers("normalized_shape")
    if any(flow.shape != normalized for flow in step.inputs[1:]):
        step.refuse("needs a weight and a bias of the shape it normalises")
    last = range(len(shape) - len(normalized), len(shape))
    if 0 in last:
        step.refuse("mixes the images of a batch: axis 0 must stay the batch, alone")
    # Over channels alone it is a norm like the others; over a map it learns the map's places.
    if len(step.inputs) > 1 and any(step.holds_positions(axis) for axis in last):
        step.note_dense(PER_POSITION)
    return step.inputs[0].axes


def prelu(step: Step, shape: Shape) -> Axes:
    """Scale negative features by one learned number, or by one for each entry of axis 1."""
    image, scale = step.inputs
    if scale.shape != (1,) and step.holds_positions(1):
        step.note_dense(PER_POSITION)
    return image.axes
