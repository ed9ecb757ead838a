"""The allowed operations, what each may be given, and how axes flow through it.

A network is a list of these and nothing else. Each row is PyTorch's own function under its own
name, with a rule per argument: torch trusts its callers, and wrong arguments can crash it. The
family says what the operation does to axes (checks/families/); a modal operation behaves
differently in training.
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from autograder.graph.arguments import (
    BATCH,
    Argument,
    Rules,
    axes,
    axis,
    equation,
    pair,
    shape,
    sizes,
    tensor,
    tensor_or_number,
    tensors,
)
from course.training.norms import batch_norm
from course.validators import Validator, either, flag, integer, number, optional, several, word


# The family decides how labels pass through an operation, so a wrong family hides a dense layer.
# Every family has a rule in checks/families/, and flow.py asserts that none is missing.
@dataclass(frozen=True)
class Operation:
    """One allowed operation: its name, its arguments' rules, and how to run it."""

    name: str
    family: str
    rules: Rules
    run: Callable[..., Tensor]

    @property
    def mode(self) -> str | None:
        """Name the argument that says whether this layer acts as in training."""
        # A stored True means "as in training, while training"; network.py turns it off for a test.
        return {"batch_norm": "training", "dropout": "train"}.get(self.family)


OPERATIONS: dict[str, Operation] = {}


def allow(
    name: str, family: str, run: Callable[..., Tensor], /, **rules: Validator[Argument]
) -> None:
    """Put one operation on the list; `run` takes its arguments by the rules' names."""
    OPERATIONS[name] = Operation(name, family, rules, run)


any_number = number("[-1e6, 1e6]")

# Convolutions. No side of an image exceeds 28, so no honest kernel, stride or padding does by much.
kernel, stride, padding, dilation, groups = (
    pair("[1, 32]"),
    pair("[1, 32]"),
    pair("[0, 32]"),
    pair("[1, 32]"),
    integer("[1, 4096]"),
)
affine: Rules = {"weight": optional(tensor), "bias": optional(tensor)}

allow(
    "conv2d",
    "convolution",
    F.conv2d,
    input=tensor,
    weight=tensor,
    bias=optional(tensor),
    stride=stride,
    padding=either(word("same", "valid"), padding),
    dilation=dilation,
    groups=groups,
)
allow(
    "conv_transpose2d",
    "convolution",
    F.conv_transpose2d,
    input=tensor,
    weight=tensor,
    bias=optional(tensor),
    stride=stride,
    padding=padding,
    output_padding=padding,
    groups=groups,
    dilation=dilation,
)

# Normalisation.
allow(
    "batch_norm",
    "batch_norm",
    batch_norm,
    input=tensor,
    **affine,
    running_mean=tensor,
    running_var=tensor,
    training=flag,
    momentum=number("[0, 1]"),
    eps=number("[0, 1]"),
)
allow(
    "group_norm",
    "norm",
    F.group_norm,
    input=tensor,
    num_groups=groups,
    **affine,
    eps=number("[0, 1]"),
)
allow("instance_norm", "norm", F.instance_norm, input=tensor, **affine, eps=number("[0, 1]"))
allow(
    "layer_norm",
    "layer_norm",
    F.layer_norm,
    input=tensor,
    normalized_shape=several(integer("[1, 1048576]"), range(1, 5)),
    **affine,
    eps=number("[0, 1]"),
)

# Functions of one element by itself: activations first. A row's name is the one that torch.export
# records; other names of the same function go into capture/special_cases.py, ALIASES.
for function in (
    *(F.relu, F.relu6, F.selu, F.silu, F.mish, torch.sigmoid, torch.tanh, F.hardsigmoid),
    *(F.hardswish, F.softsign, F.tanhshrink, torch.neg, torch.exp, torch.log, torch.sqrt),
    *(torch.rsqrt, torch.abs, torch.square, torch.reciprocal, torch.sign, torch.sin, torch.cos),
    *(torch.erf, torch.log1p, torch.expm1),
):
    allow(function.__name__, "pointwise", function, input=tensor)
allow("log_sigmoid", "pointwise", F.logsigmoid, input=tensor)
allow("leaky_relu", "pointwise", F.leaky_relu, input=tensor, negative_slope=any_number)
allow("elu", "pointwise", F.elu, input=tensor, alpha=any_number)
allow("celu", "pointwise", F.celu, input=tensor, alpha=number("[1e-6, 1e6]"))
allow("gelu", "pointwise", F.gelu, input=tensor, approximate=word("none", "tanh"))
allow(
    "softplus",
    "pointwise",
    F.softplus,
    input=tensor,
    beta=number("[1e-6, 1e6]"),
    threshold=any_number,
)
allow("hardtanh", "pointwise", F.hardtanh, input=tensor, min_val=any_number, max_val=any_number)
allow("hardshrink", "pointwise", F.hardshrink, input=tensor, lambd=any_number)
allow("softshrink", "pointwise", F.softshrink, input=tensor, lambd=number("[0, 1e6]"))
allow("threshold", "pointwise", F.threshold, input=tensor, threshold=any_number, value=any_number)
allow(
    "clamp",
    "pointwise",
    torch.clamp,
    input=tensor,
    min=optional(any_number),
    max=optional(any_number),
)
for drop in (
    torch.dropout,
    torch.feature_dropout,
    torch.alpha_dropout,
    torch.feature_alpha_dropout,
):
    allow(drop.__name__, "dropout", drop, input=tensor, p=number("[0, 1]"), train=flag)

# Arithmetic of two tensors, or of a tensor and a number.
two: Rules = {"input": tensor_or_number, "other": tensor_or_number}


def scaled(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Give `function` torch's `alpha`: a factor on its second operand."""
    return lambda input, other, alpha: function(input, other if alpha == 1 else alpha * other)


allow("add", "elementwise", scaled(operator.add), **two, alpha=any_number)
allow("sub", "elementwise", scaled(operator.sub), **two, alpha=any_number)
allow("mul", "elementwise", lambda input, other: input * other, **two)
allow("div", "elementwise", lambda input, other: input / other, **two)
allow("pow", "elementwise", torch.pow, input=tensor, exponent=tensor_or_number)
allow("maximum", "elementwise", torch.maximum, input=tensor, other=tensor)
allow("minimum", "elementwise", torch.minimum, input=tensor, other=tensor)
allow("prelu", "elementwise", F.prelu, input=tensor, weight=tensor)

# Pooling and resizing. Sizes are written out: torch's scale_factor would round them for itself.
allow(
    "max_pool2d",
    "pool",
    F.max_pool2d,
    input=tensor,
    kernel_size=kernel,
    stride=stride,
    padding=padding,
    dilation=dilation,
    ceil_mode=flag,
)
allow(
    "avg_pool2d",
    "pool",
    F.avg_pool2d,
    input=tensor,
    kernel_size=kernel,
    stride=stride,
    padding=padding,
    ceil_mode=flag,
    count_include_pad=flag,
    divisor_override=optional(integer("[1, 1000000]")),
)
resized: Rules = {"input": tensor, "output_size": pair("[1, 64]")}
allow("adaptive_avg_pool2d", "pool", F.adaptive_avg_pool2d, **resized)
allow("adaptive_max_pool2d", "pool", F.adaptive_max_pool2d, **resized)
allow(
    "upsample_nearest2d",
    "pool",
    lambda input, output_size: F.interpolate(input, output_size),
    **resized,
)
allow(
    "upsample_bilinear2d",
    "pool",
    lambda input, output_size, align_corners: F.interpolate(
        input, output_size, mode="bilinear", align_corners=align_corners
    ),
    **resized,
    align_corners=flag,
)

# Reductions.
over: Rules = {"input": tensor, "dim": axes, "keepdim": flag}
for reduction in ("mean", "sum", "amax", "amin", "logsumexp"):
    allow(reduction, "reduce", getattr(torch, reduction), **over)
for spread in ("var", "std"):
    allow(spread, "reduce", getattr(torch, spread), **over, correction=number("[0, 1]"))
allow(
    "norm",
    "reduce",
    lambda input, p, dim, keepdim: torch.linalg.vector_norm(input, p, dim, keepdim),
    **over,
    p=number("[0.5, 8]"),
)
# `max` and `min` over one axis differ from `amax` and `amin` in whom a tie's gradient goes to.
one: Rules = {"input": tensor, "dim": axis}
allow("max", "reduce", lambda input, dim, keepdim: input.max(dim, keepdim)[0], **one, keepdim=flag)
allow("min", "reduce", lambda input, dim, keepdim: input.min(dim, keepdim)[0], **one, keepdim=flag)
allow("softmax", "softmax", F.softmax, **one)
allow("log_softmax", "softmax", F.log_softmax, **one)

# Rearranging. A shape keeps the batch first, written N, whatever its size when the network runs.
sized: Rules = {"input": tensor, "size": either(shape, sizes)}


def reshape(input: Tensor, size: tuple[int | str, ...]) -> Tensor:
    """Reshape to `size`, in which `N` is the batch's own."""
    return input.reshape([input.shape[0] if side == BATCH else int(side) for side in size])


def expand(input: Tensor, size: tuple[int | str, ...]) -> Tensor:
    """Expand axes of length one to `size`, in which `N` is the batch's own."""
    return input.expand([-1 if side == BATCH else int(side) for side in size])


def cut(input: Tensor, dim: int, start: int, end: int, step: int) -> Tensor:
    """Take every `step`-th entry of one axis from `start` up to `end`."""
    index = [slice(None)] * input.dim()
    index[dim] = slice(start, end, step)
    return input[tuple(index)]


allow("reshape", "reshape", reshape, **sized)
allow("expand", "expand", expand, **sized)
allow("flatten", "reshape", torch.flatten, input=tensor, start_dim=axis, end_dim=axis)
allow("squeeze", "reshape", torch.squeeze, input=tensor, dim=axes)
allow("unsqueeze", "reshape", torch.unsqueeze, **one)
allow("permute", "permute", torch.permute, input=tensor, dims=axes)
allow("cat", "join", torch.cat, tensors=tensors, dim=axis)
place = integer("[0, 4096]")
allow("slice", "cut", cut, **one, start=place, end=integer("[1, 4096]"), step=integer("[1, 4096]"))
allow("select", "cut", torch.select, **one, index=integer("[-4096, 4096]"))
allow(
    "pad",
    "pad",
    lambda input, pad, mode, value: F.pad(input, list(pad), mode, value),
    input=tensor,
    pad=several(integer("[-28, 28]"), range(2, 7)),
    mode=word("constant", "reflect", "replicate", "circular"),
    value=optional(any_number),
)
allow("pixel_shuffle", "shuffle", F.pixel_shuffle, input=tensor, upscale_factor=integer("[1, 28]"))
allow(
    "pixel_unshuffle",
    "shuffle",
    F.pixel_unshuffle,
    input=tensor,
    downscale_factor=integer("[1, 28]"),
)
allow("channel_shuffle", "pointwise", F.channel_shuffle, input=tensor, groups=groups)
allow("flip", "roll", torch.flip, input=tensor, dims=axes)
shifts = several(integer("[-28, 28]"), range(1, 4))
allow("roll", "roll", torch.roll, input=tensor, shifts=shifts, dims=axes)


# Matrix products: allowed where an assignment allows a dense layer, and named by `no-dense`.
allow("linear", "product", F.linear, input=tensor, weight=tensor, bias=optional(tensor))
allow("matmul", "product", torch.matmul, input=tensor, other=tensor)
allow(
    "addmm",
    "product",
    torch.addmm,
    input=tensor,
    mat1=tensor,
    mat2=tensor,
    beta=any_number,
    alpha=any_number,
)
allow(
    "einsum",
    "product",
    lambda equation, tensors: torch.einsum(equation, *tensors),
    equation=equation,
    tensors=several(tensor, range(1, 5)),
)


# A weight made from one stored tensor.
def weight_norm(v: Tensor, g: Tensor, dim: int) -> Tensor:
    """Scale each filter `v[i]` to length `g[i]`, as torch's weight norm does."""
    others = [other for other in range(v.dim()) if other != dim % v.dim()]
    length: Tensor = torch.linalg.vector_norm(v, 2, others, keepdim=True)
    return v * (g / length)


allow("weight_norm", "elementwise", weight_norm, v=tensor, g=tensor, dim=axis)
