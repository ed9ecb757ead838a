"""Matrix products: multiply two tensors and sum over an axis of both.

With a stored matrix this is a fully connected layer, whatever its features hold. That goes for
nn.Linear after global pooling as well; a 1x1 convolution there is the same arithmetic, and it is
the spelling that is asked for. A product of features with features, as in attention, is none,
unless one of them holds learned numbers for the positions of the other.
"""

import torch

from autograder.checks.families.joins import MADE_PER_POSITION
from autograder.checks.families.step import Step, align, holds_only_channels
from autograder.checks.labels import CHANNELS, NONE, POSITIONS, Axes, Flow, Labels, Shape

# The two arguments that are multiplied.
FACTORS = {
    "linear": ("input", "weight"),
    "matmul": ("input", "other"),
    "addmm": ("mat1", "mat2"),  # and `input` is added
}


def product(step: Step, shape: Shape) -> Axes:
    """Multiply as one of linear, matmul, addmm and einsum does."""
    stored = [torch.Size(flow.shape).numel() for flow in step.inputs if flow.stored]
    if stored:
        numbers = f"{max(stored):,} numbers"
        step.note_dense(f"{step.name} multiplies features by a learned matrix of {numbers}")
    if step.name == "einsum":
        return einsum(step, shape)
    first, second = (step.flow_of(step.node.reference(name)) for name in FACTORS[step.name])
    if first.stored and 2 <= len(first.shape) <= len(second.shape):
        return matrix_first(step, shape, second)
    # The rest are products with a vector, which make no channels, and those whose result has
    # another axis 0 than the batch.
    if first.stored or len(second.shape) < 2 or len(second.shape) > len(first.shape):
        step.refuse("needs features first and then a matrix")
    # The last axis of the first is summed with one of the second's; its other one is kept.
    across, kept = (-1, -2) if step.name == "linear" else (-2, -1)
    summed = [first.axes[-1], second.axes[across]]
    check_summed(step, summed)
    if step.name == "addmm":
        added = align(step.flow_of(step.node.reference("input")), shape)
        if "N" in added.axes[1] or (added.stored and added.shape[0] > 1):
            step.refuse("mixes the images of a batch: axis 0 must stay the batch, alone")
    last = CHANNELS if second.stored else second.axes[kept]
    return step.pass_positions_on((*first.axes[:-1], last), shape, summed)


def matrix_first(step: Step, shape: Shape, features: Flow) -> Axes:
    """Multiply a stored matrix by features: it sums over their second to last axis."""
    summed = [features.axes[-2]]
    check_summed(step, summed)
    axes = (*features.axes[:-2], CHANNELS, features.axes[-1])
    return step.pass_positions_on(axes, shape, summed)


def check_summed(step: Step, summed: list[Labels]) -> None:
    """Check an axis along which the operands are multiplied; `summed` are its labels in each.

    Positions may be summed up with weights that come from positions too: attention does. They are
    a dense layer's with numbers that were learned, or that a learned layer made, one for each.
    """
    together = NONE.union(*summed)
    if "N" in together:
        step.refuse("mixes the images of a batch: it sums over axis 0")
    made = any(holds_only_channels(axis) for axis in summed)
    if together & POSITIONS and (made or any(flow.fixed for flow in step.inputs)):
        step.note_dense(MADE_PER_POSITION)


def einsum(step: Step, shape: Shape) -> Axes:
    """Follow the letters of an einsum from its operands to its result: one axis is one letter."""
    left, arrow, right = step.node.text("equation").replace(" ", "").partition("->")
    if not arrow:  # torch would put the letters of the result in order of the alphabet
        step.refuse("needs an arrow in its equation, such as 'nchw,oc->nohw'")
    held: dict[str, list[Labels]] = {}  # the labels of each letter's axes, operand by operand
    for term, flow in zip(left.split(","), step.inputs, strict=True):
        for letter, axis, side in zip(term, flow.axes, flow.shape, strict=True):
            held.setdefault(letter, []).extend([axis] if side > 1 else [])
    for letter, axes in held.items():
        # A letter of the result that two operands share multiplies them entry by entry, which has
        # the same dangers as a sum; the first one is the batch, where each image meets itself.
        if letter not in right or (len(axes) > 1 and letter != right[0]):
            check_summed(step, axes)
    kept = tuple(NONE.union(*held.get(letter, [])) for letter in right)
    summed = (axis for letter, axes in held.items() if letter not in right for axis in axes)
    return step.pass_positions_on(kept, shape, summed)
