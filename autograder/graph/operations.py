"""The allowed operations, what each may be given, and how axes flow through it.

A network is a list of these and nothing else. Each row is PyTorch's own function under its own
name, with a rule per argument: torch trusts its callers, and wrong arguments can crash it. The
family says what the operation does to axes, for `flow.py`; a modal operation behaves
differently in training.
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from autograder.graph.arguments import (
    BATCH,
    Refused,
    Rule,
    axes,
    axis,
    either,
    flag,
    integer,
    number,
    one_of,
    optional,
    pair,
    several,
    shape,
    tensor,
    tensor_or_number,
    tensors,
)
from course.norms import batch_norm


@dataclass(frozen=True)
class Operation:
    """One allowed operation: its name, its arguments' rules, and how to run it."""

    name: str
    family: str
    rules: dict[str, Rule]
    run: Callable[..., Tensor]

    @property
    def mode(self) -> str | None:
        """Name the argument that says whether this layer acts as in training."""
        return {"batch_norm": "training", "dropout": "train"}.get(self.family)


OPERATIONS: dict[str, Operation] = {}


def allow(name: str, family: str, run: Callable[..., Any], /, **rules: Rule) -> None:
    """Put one operation on the list; `run` takes its arguments by the rules' names."""
    OPERATIONS[name] = Operation(name, family, rules, run)


# Convolutions. No side of an image exceeds 28, so no honest kernel, stride or padding does by much.
kernel, stride, padding, dilation, groups = (
    pair(1, 32),
    pair(1, 32),
    pair(0, 32),
    pair(1, 32),
    integer(1, 4096),
)
affine = {"weight": optional(tensor), "bias": optional(tensor)}

allow(
    "conv2d",
    "convolution",
    F.conv2d,
    input=tensor,
    weight=tensor,
    bias=optional(tensor),
    stride=stride,
    padding=either(one_of("same", "valid"), padding),
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
    momentum=number(0, 1),
    eps=number(0, 1),
)
allow(
    "group_norm", "norm", F.group_norm, input=tensor, num_groups=groups, **affine, eps=number(0, 1)
)
allow("instance_norm", "norm", F.instance_norm, input=tensor, **affine, eps=number(0, 1))
allow(
    "layer_norm",
    "layer_norm",
    F.layer_norm,
    input=tensor,
    normalized_shape=several(integer(1, 2**20), 1, 4),
    **affine,
    eps=number(0, 1),
)

# Functions of one element by itself: activations first.
for function in (
    *(F.relu, F.relu6, F.selu, F.silu, F.mish, torch.sigmoid, torch.tanh, F.hardsigmoid),
    *(F.hardswish, F.softsign, F.tanhshrink, torch.neg, torch.exp, torch.log, torch.sqrt),
    *(torch.rsqrt, torch.abs, torch.square, torch.reciprocal, torch.sign, torch.sin, torch.cos),
    *(torch.erf, torch.log1p, torch.expm1),
):
    allow(function.__name__, "pointwise", function, input=tensor)
allow("log_sigmoid", "pointwise", F.logsigmoid, input=tensor)
allow("leaky_relu", "pointwise", F.leaky_relu, input=tensor, negative_slope=number())
allow("elu", "pointwise", F.elu, input=tensor, alpha=number())
allow("celu", "pointwise", F.celu, input=tensor, alpha=number(1e-6))
allow("gelu", "pointwise", F.gelu, input=tensor, approximate=one_of("none", "tanh"))
allow("softplus", "pointwise", F.softplus, input=tensor, beta=number(1e-6), threshold=number())
allow("hardtanh", "pointwise", F.hardtanh, input=tensor, min_val=number(), max_val=number())
allow("hardshrink", "pointwise", F.hardshrink, input=tensor, lambd=number())
allow("softshrink", "pointwise", F.softshrink, input=tensor, lambd=number(0))
allow("threshold", "pointwise", F.threshold, input=tensor, threshold=number(), value=number())
allow(
    "clamp", "pointwise", torch.clamp, input=tensor, min=optional(number()), max=optional(number())
)
for drop in (
    torch.dropout,
    torch.feature_dropout,
    torch.alpha_dropout,
    torch.feature_alpha_dropout,
):
    allow(drop.__name__, "dropout", drop, input=tensor, p=number(0, 1), train=flag)

# Arithmetic of two tensors, or of a tensor and a number.
two = {"input": tensor_or_number, "other": tensor_or_number}


def scaled(function: Callable[[Any, Any], Tensor]) -> Callable[..., Tensor]:
    """Give `function` torch's `alpha`: a factor on its second operand."""
    return lambda input, other, alpha: function(input, other if alpha == 1 else alpha * other)


allow("add", "elementwise", scaled(operator.add), **two, alpha=number())
allow("sub", "elementwise", scaled(operator.sub), **two, alpha=number())
allow("mul", "elementwise", lambda input, other: input * other, **two)
allow("div", "elementwise", lambda input, other: input / other, **two)
allow("pow", "elementwise", torch.pow, input=tensor, exponent=tensor_or_number)
allow("maximum", "elementwise", torch.maximum, input=tensor, other=tensor)
allow("minimum", "elementwise", torch.minimum, input=tensor, other=tensor)
allow("prelu", "elementwise", F.prelu, input=tensor, weight=tensor)

# Pooling and resizing.
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
    divisor_override=optional(integer(1, 10**6)),
)
resized = {"input": tensor, "output_size": pair(1, 64)}
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
over = {"input": tensor, "dim": axes, "keepdim": flag}
for reduction in ("mean", "sum", "amax", "amin", "logsumexp"):
    allow(reduction, "reduce", getattr(torch, reduction), **over)
for spread in ("var", "std"):
    allow(spread, "reduce", getattr(torch, spread), **over, correction=number(0, 1))
allow(
    "norm",
    "reduce",
    lambda input, p, dim, keepdim: torch.linalg.vector_norm(input, p, dim, keepdim),
    **over,
    p=number(0.5, 8),
)
# `max` and `min` over one axis differ from `amax` and `amin` in whom a tie's gradient goes to.
one = {"input": tensor, "dim": axis}
allow("max", "reduce", lambda input, dim, keepdim: input.max(dim, keepdim)[0], **one, keepdim=flag)
allow("min", "reduce", lambda input, dim, keepdim: input.min(dim, keepdim)[0], **one, keepdim=flag)
allow("softmax", "softmax", F.softmax, **one)
allow("log_softmax", "softmax", F.log_softmax, **one)

# Rearranging.
sizes = {"input": tensor, "size": either(shape, several(integer(-1, 2**20), 1, 6))}


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


allow("reshape", "reshape", reshape, **sizes)
allow("expand", "expand", expand, **sizes)
allow("flatten", "reshape", torch.flatten, input=tensor, start_dim=axis, end_dim=axis)
allow("squeeze", "reshape", torch.squeeze, input=tensor, dim=axes)
allow("unsqueeze", "reshape", torch.unsqueeze, **one)
allow("permute", "permute", torch.permute, input=tensor, dims=axes)
allow("cat", "join", torch.cat, tensors=tensors, dim=axis)
place = integer(0, 4096)
allow("slice", "cut", cut, **one, start=place, end=integer(1, 4096), step=integer(1, 4096))
allow("select", "cut", torch.select, **one, index=integer(-4096, 4096))
allow(
    "pad",
    "pad",
    lambda input, pad, mode, value: F.pad(input, list(pad), mode, value),
    input=tensor,
    pad=several(integer(-28, 28), 2, 6),
    mode=one_of("constant", "reflect", "replicate", "circular"),
    value=optional(number()),
)
allow("pixel_shuffle", "shuffle", F.pixel_shuffle, input=tensor, upscale_factor=integer(1, 28))
allow(
    "pixel_unshuffle", "shuffle", F.pixel_unshuffle, input=tensor, downscale_factor=integer(1, 28)
)
allow("channel_shuffle", "pointwise", F.channel_shuffle, input=tensor, groups=groups)
allow("flip", "roll", torch.flip, input=tensor, dims=axes)
shifts = several(integer(-28, 28), 1, 3)
allow("roll", "roll", torch.roll, input=tensor, shifts=shifts, dims=axes)


# Matrix products: allowed where an assignment allows a dense layer, and named by `no-dense`.
def equation(raw: Any) -> str:
    """Accept an einsum equation: letters, commas and one arrow."""
    if (
        not isinstance(raw, str)
        or len(raw) > 40
        or not set(raw) <= set(" abcdefghijklmnopqrstuvwxyz,->")
    ):
        raise Refused("expected an einsum equation in small letters, such as 'nchw,oc->nohw'")
    return raw


allow("linear", "product", F.linear, input=tensor, weight=tensor, bias=optional(tensor))
allow("matmul", "product", torch.matmul, input=tensor, other=tensor)
allow(
    "addmm",
    "product",
    torch.addmm,
    input=tensor,
    mat1=tensor,
    mat2=tensor,
    beta=number(),
    alpha=number(),
)
allow(
    "einsum",
    "product",
    lambda equation, tensors: torch.einsum(equation, *tensors),
    equation=equation,
    tensors=several(tensor, 1, 4),
)


# A weight made from one stored tensor.
def weight_norm(v: Tensor, g: Tensor, dim: int) -> Tensor:
    """Scale each filter `v[i]` to length `g[i]`, as torch's weight norm does."""
    others = [other for other in range(v.dim()) if other != dim % v.dim()]
    length: Tensor = torch.linalg.vector_norm(v, 2, others, keepdim=True)
    return v * (g / length)


allow("weight_norm", "elementwise", weight_norm, v=tensor, g=tensor, dim=axis)
