"""BatchNorm on a processor: torch's own, but faster where maps are large and channels few.

With channels last, torch's kernel walks along a pixel's channels, and its threads keep their sums
next to each other in memory, where each slows the other down: with 8 channels of 26 x 26 two
threads take longer than one. Here a row is a whole image, so every operation runs along thousands
of numbers, and two threads take half as long as one.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

# Where it pays, as measured with AVX2 and AVX-512: torch's kernel likes 16 channels at a time.
SMALLEST = 75_000  # numbers in a batch
MOST_CHANNELS = 20
VECTOR = 16


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None,
    bias: Tensor | None,
    training: bool,
    momentum: float,
    eps: float,
) -> Tensor:
    """Do what F.batch_norm does."""
    if training and _suits(input):
        channels = input.shape[1]
        weight = input.new_ones(channels) if weight is None else weight
        bias = input.new_zeros(channels) if bias is None else bias
        y: Tensor
        y, mean, variance = _BatchNorm.apply(input, weight, bias, eps)
        if running_mean is not None and running_var is not None:
            count = input.numel() / input.shape[1]
            with torch.no_grad():
                running_mean.lerp_(mean, momentum)
                running_var.lerp_(variance * (count / (count - 1)), momentum)
        return y
    return F.batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps)


def _suits(x: Tensor) -> bool:
    return bool(
        x.device.type == "cpu"
        and x.dim() == 4
        and x.numel() >= SMALLEST
        and x.shape[1] <= MOST_CHANNELS
        and x.shape[1] % VECTOR
        and x.dtype == torch.float32
        and x.is_contiguous(memory_format=torch.channels_last)
    )


def _rows(x: Tensor) -> Tensor:
    """View (N, C, H, W), channels last in memory, as (N, H * W * C)."""
    return x.permute(0, 2, 3, 1).flatten(1)


def _per_channel(rows: Tensor, channels: int) -> Tensor:
    """Sum (N, H * W * C) to (C,)."""
    return rows.sum(0).view(-1, channels).sum(0)


def _per_row(per_channel: Tensor, pixels: int) -> Tensor:
    """Write (C,) once for every pixel: (H * W * C,). `repeat` takes twice as long."""
    return per_channel.expand(pixels, -1).reshape(-1)


class _BatchNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor, eps: float) -> Any:
        n, channels, height, width = x.shape
        pixels = height * width
        rows = _rows(x)
        mean = _per_channel(rows, channels) / (n * pixels)  # (C,)
        centered = rows - _per_row(mean, pixels)  # (N, H * W * C)
        variance = _per_channel(centered * centered, channels) / (n * pixels)
        inverse = (variance + eps).rsqrt()
        y = torch.addcmul(_per_row(bias, pixels), centered, _per_row(weight * inverse, pixels))
        ctx.save_for_backward(centered, weight, inverse)
        ctx.mark_non_differentiable(mean, variance)
        ctx.set_materialize_grads(False)
        return y.view(n, height, width, channels).permute(0, 3, 1, 2), mean, variance

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor | None, *_: Any) -> Any:
        if grad is None:
            return None, None, None, None
        centered, weight, inverse = ctx.saved_tensors
        n, channels, height, width = grad.shape
        pixels = height * width
        rows = _rows(grad)  # (N, H * W * C)
        to_bias = _per_channel(rows, channels)  # (C,)
        to_weight = _per_channel(rows * centered, channels) * inverse
        # What the mean and the deviation took away: the gradient has none of either left.
        slope = weight * inverse  # (C,)
        along = -slope * inverse * to_weight / (n * pixels)
        level = -slope * to_bias / (n * pixels)
        moved = torch.addcmul(_per_row(level, pixels), rows, _per_row(slope, pixels))
        moved = moved.addcmul_(centered, _per_row(along, pixels))
        return moved.view(n, height, width, channels).permute(0, 3, 1, 2), to_weight, to_bias, None
