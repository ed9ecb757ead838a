"""Operations that only move numbers: their labels move along, or stay together where axes fold.

None of them is a dense layer. They are how one is hidden: flattened rows and columns become
channels, or an image is cut into pixels. So the labels must come out right, or too many rather
than too few.
"""

from autograder.checks.families.step import Step, align, labels_of_side
from autograder.checks.labels import CHANNELS, NONE, Axes, Labels, Shape
from autograder.graph.arguments import BATCH


def keep(step: Step, shape: Shape) -> Axes:
    """Keep every axis as it is: activations, dropout, channels in another order."""
    return step.inputs[0].axes


def permute(step: Step, shape: Shape) -> Axes:
    """Move the labels with their axes."""
    return tuple(step.inputs[0].axes[dim] for dim in step.node.integers("dims"))


def reshape(step: Step, shape: Shape) -> Axes:
    """Fold or unfold axes: those that fold into one share their labels, both ways.

    Read from the left, the two shapes fall into groups that hold as many numbers. (N, 10, 7, 7)
    to (N, 490) is N to N, then 10 x 7 x 7 to 490, which is labelled CHW. Back to (N, 10, 7, 7),
    each of the three axes is CHW: from 490 alone nobody knows which is which.
    """
    keep_batch(step)
    before, axes = step.inputs[0], list[Labels]()
    i = j = 0  # the next axis before, and after
    while j < len(shape):
        start, labels = j, NONE
        have = want = 1  # numbers in this group so far, before and after
        # Take an axis after, then as many before as it needs, until both sides hold as many.
        while j < len(shape) and (start == j or have != want):
            want *= shape[j]
            j += 1
            while i < len(before.shape) and have < want:
                have *= before.shape[i]
                # An axis of length one adds nothing: (N, 1, 28, 28) to (N, 784) is HW, without C.
                labels |= before.axes[i] if before.shape[i] > 1 else NONE
                i += 1
        axes += [labels] * (j - start)
    return tuple(axes)


def expand(step: Step, shape: Shape) -> Axes:
    """Repeat axes of length one; a repeated number makes no choice, so it gets no label."""
    keep_batch(step)
    return align(step.inputs[0], shape).axes


def keep_batch(step: Step) -> None:
    """Refuse a batch size that is written out: the network must take any number of images."""
    size = step.node.args.get("size")
    if isinstance(size, tuple) and size[0] not in (BATCH, -1):
        step.refuse("fixes the batch size: axis 0 must stay the batch, whatever its size")


def shuffle(step: Step, shape: Shape) -> Axes:
    """Trade rows and columns for channels, or channels for rows and columns: pixel (un)shuffle.

    Four pixels of a 2x2 square as four channels are what a 2x2 kernel sees, and pass. Where no
    row or column is left, all of them have become channels, which get their labels.
    """
    before = step.inputs[0]
    gone = [axis for axis, side in zip(before.axes[2:], shape[2:], strict=True) if side == 1]
    rows, columns = (labels_of_side(before, shape, side) for side in (2, 3))
    return (before.axes[0], before.axes[1].union(*gone), rows, columns)


def roll(step: Step, shape: Shape) -> Axes:
    """Flip or roll some axes, never the batch: each image would get another one's numbers."""
    before = step.inputs[0].axes
    if any("N" in before[dim] for dim in step.node.integers("dims")):
        step.refuse("mixes the images of a batch: it works along axis 0")
    return before


def cut(step: Step, shape: Shape) -> Axes:
    """Take a part of one axis, never of the batch; `select` takes one entry, without the axis."""
    before = step.inputs[0]
    dim = step.node.integer("dim") % len(before.shape)
    if "N" in before.axes[dim]:
        step.refuse("picks images out of a batch")
    whole = len(shape) == len(before.shape)
    return tuple(labels for axis, labels in enumerate(before.axes) if whole or axis != dim)


def pad(step: Step, shape: Shape) -> Axes:
    """Lengthen or shorten axes, never the batch."""
    # Two amounts for an axis, the last axis first: so many of them reach the batch.
    if len(step.node.integers("pad")) // 2 >= len(shape):
        step.refuse("mixes the images of a batch: it works along axis 0")
    # Around a map that is repeated, torch leaves what is taken away as its memory happens to be.
    if step.node.text("mode") != "constant" and min(step.node.integers("pad")) < 0:
        step.refuse("takes away where it pads with the map itself: take a part of the map first")
    before = step.inputs[0]
    # Padding turns a single learned number into a row: it counts as channels, as in join().
    return tuple(
        CHANNELS if labels == NONE and step.learned and was < now else labels
        for labels, was, now in zip(before.axes, before.shape, shape, strict=True)
    )
