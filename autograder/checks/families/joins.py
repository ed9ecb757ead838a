"""Operations that bring several numbers together: arithmetic, concatenation, pooling and sums.

Features may meet features at will. Stored numbers may meet features where there is one of them
for each channel at most, such as a learned scale; one for each position would be a dense layer.
"""

from autograder.checks.families.layers import prelu
from autograder.checks.families.step import Step, align, holds_only_channels
from autograder.checks.labels import CHANNELS, NONE, POSITIONS, Axes, Labels, Shape

# More crops than this, side by side, are positions again: an image's four quarters are, as a 2x2
# pooling's result is. Fewer are what honest networks join, two shifted ones for instance.
MOST_CROPS = 3

STORED_PER_POSITION = "it multiplies features by learned numbers per position"
MADE_PER_POSITION = "it multiplies positions of the image by numbers made for them"


def elementwise(step: Step, shape: Shape) -> Axes:
    """Add, multiply or compare the entries of two tensors, broadcast to one shape."""
    if step.name == "weight_norm":  # of stored tensors alone it never gets here
        step.refuse("is for stored weights: it mixes the images of a batch")
    if step.name == "prelu":
        return prelu(step, shape)
    # Numbers drawn over the whole map, the same for every image, are weights: Flow.fixed.
    fixed = [flow.fixed for flow in step.inputs if not flow.stored]
    if any(fixed) and not all(fixed):
        step.note_dense(STORED_PER_POSITION)
    axes = tuple(meet(step, axis, shape) for axis in range(len(shape)))
    # x[:, :, 2, 3] * a + x[:, :, 4, 5] * b: a sum over positions, written out term by term.
    if any(flow.picked for flow in step.inputs) and any(flow.stored for flow in step.inputs):
        step.note_dense("it multiplies a single position of the image by learned numbers")
    return axes


def meet(step: Step, axis: int, shape: Shape) -> Labels:
    """Return the labels of one axis of a result of broadcasting, noting what is dense along it."""
    # Along an axis of length one an operand is the same number everywhere: it says nothing there.
    wide = [flow for given in step.inputs if (flow := align(given, shape)).shape[axis] > 1]
    held = [flow.axes[axis] for flow in wide if not flow.stored]
    together = NONE.union(*held)
    # One operand holds positions along this axis, and another has learned numbers beside them: a
    # convolution after global pooling can make 784 channels, to be reshaped into a 28x28 mask.
    if together & POSITIONS and any(holds_only_channels(labels) for labels in held):
        step.note_dense(MADE_PER_POSITION)
    if any(flow.stored for flow in wide):
        if axis == 0:
            step.refuse("gives every image of a batch its own learned numbers")
        if together & POSITIONS:  # a learned mask, or a position embedding
            step.note_dense(STORED_PER_POSITION)
        # Learned numbers spread over an axis without labels, and count as channels from here on.
        # So `0 * x.mean() + weight` does not pass for features of the image.
        return together or CHANNELS
    return together


def join(step: Step, shape: Shape) -> Axes:
    """Concatenate; joined single positions, or several crops, become positions again."""
    # Stored numbers joined to features would pass for features from there on.
    if any(flow.stored for flow in step.inputs):
        step.refuse("joins stored numbers to features")
    joined = step.node.integer("dim") % len(shape)
    axes = [NONE.union(*(flow.axes[axis] for flow in step.inputs)) for axis in range(len(shape))]
    # Crops that are still maps slide on as any map does: only those without positions count.
    crops = [flow for flow in step.inputs if flow.part and not NONE.union(*flow.axes) & POSITIONS]
    if any(flow.picked for flow in step.inputs) or len(crops) > MOST_CROPS:
        axes[joined] |= POSITIONS
    if axes[joined] == NONE and step.learned:
        axes[joined] = CHANNELS  # single learned numbers, laid out along it
    return tuple(axes)


def pool(step: Step, shape: Shape) -> Axes:
    """Pool or resize rows and columns, each by itself; a side of length one is summed up."""
    axes = step.inputs[0].axes
    summed = [labels for labels, side in zip(axes, shape, strict=True) if side == 1]
    return step.pass_positions_on(axes, shape, summed)


def reduce(step: Step, shape: Shape) -> Axes:
    """Sum or average over axes, which goes with them or leaves them with length one."""
    before = step.inputs[0]
    summed = {dim % len(before.shape) for dim in step.node.integers("dim")}
    keeps = bool(step.node.args["keepdim"])
    axes = tuple(
        NONE if axis in summed else labels
        for axis, labels in enumerate(before.axes)
        if axis not in summed or keeps
    )
    return step.pass_positions_on(axes, shape, (before.axes[axis] for axis in summed))


def softmax(step: Step, shape: Shape) -> Axes:
    """Compare the entries of one axis with each other, which must not be the batch."""
    if "N" in step.inputs[0].axes[step.node.integer("dim")]:
        step.refuse("mixes the images of a batch: it works along axis 0; give it dim=1")
    return step.inputs[0].axes
