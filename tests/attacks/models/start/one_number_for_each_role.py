"""60 numbers, each given to another operation: hardly two of them share a role.

A start that tells tensors of one role apart by few exceptions has nothing here to tell apart. With
six features that need no weight, 60 numbers of two digits read most digits.

Expect: starts at chance
"""

import torch
import torch.nn as nn
import torch.nn.functional as F

TRAINED = [
    -40, 3.1, -4.7, -2.3, -6.7, -0.32, 17, 11, -7.4, 8.9, -23, -12, -18, -26, 9, -33, -4.4,
    -17, 4.8, 27, -2.9, -28, -2.1, 22, -38, 13, 9.3, -2.5, 28, 3.1, 15, -7.4, 4.5, 20, 89,
    -13, 5.6, 10, -23, -0.47, -5.2, -0.97, 0.1, 11, 0.1, 8.4, 5.7, -6.1, 9.7, -0.16, 11,
    -13, 9.2, 6.9, 12, 11, 8.6, -4.3, -3.3, -18,
]  # 60 numbers of two digits, each to be read by the function beside it below

# Where a start is described by what a tensor is there for, each of these is there for something else.
WAYS = [
    ((2,), lambda p, one: F.leaky_relu(p, 0.5) * one),
    ((2,), lambda p, one: torch.exp(p) * one),
    ((2,), lambda p, one: one * p),
    ((2,), lambda p, one: torch.minimum(p, 99 * one)),
    ((2,), lambda p, one: p * one),
    ((2,), lambda p, one: one / p),
    ((2,), lambda p, one: torch.sigmoid(p) * one),
    ((2,), lambda p, one: F.layer_norm(torch.cat([-one, one], 1), (2,), None, p, 0.0)),
    ((2,), lambda p, one: 0 * one + p),
    ((2,), lambda p, one: p / one),
    ((2,), lambda p, one: torch.abs(p) * one),
    ((2,), lambda p, one: p.min(0, keepdim=True)[0] * one),
    ((2,), lambda p, one: F.hardtanh(p, -99, 98) * one),
    ((2,), lambda p, one: F.tanhshrink(p) * one),
    ((2,), lambda p, one: F.threshold(p, 0.01, 0.02) * one),
    ((2,), lambda p, one: p[:1] * one),
    ((2,), lambda p, one: torch.square(p) * one),
    ((2,), lambda p, one: p.amax(0, keepdim=True) * one),
    ((2,), lambda p, one: (2 * one) ** p),
    ((1, 1), lambda p, one: torch.einsum("ni,io->no", one, p)),
    ((2,), lambda p, one: p**3 * one),
    ((2,), lambda p, one: F.hardshrink(p, 0.01) * one),
    ((2,), lambda p, one: torch.maximum(-99 * one, p)),
    ((2,), lambda p, one: p.amin(0, keepdim=True) * one),
    ((1, 1), lambda p, one: F.linear(one, p)),
    ((2,), lambda p, one: F.silu(p) * one),
    ((2,), lambda p, one: F.softplus(p) * one),
    ((2,), lambda p, one: F.hardsigmoid(p) * one),
    ((2,), lambda p, one: F.relu(p) * one),
    ((2,), lambda p, one: torch.expm1(p) * one),
    ((2,), lambda p, one: p.logsumexp(0, keepdim=True) * one),
    ((2,), lambda p, one: p.norm(2, 0, keepdim=True) * one),
    ((2,), lambda p, one: torch.minimum(99 * one, p)),
    ((2,), lambda p, one: torch.neg(p) * one),
    ((2,), lambda p, one: torch.sqrt(p) * one),
    ((2,), lambda p, one: F.softshrink(p, 0.01) * one),
    ((2,), lambda p, one: F.relu6(p) * one),
    ((2,), lambda p, one: p.clamp(min=-98) * one),
    ((2,), lambda p, one: F.logsigmoid(p) * one),
    ((2,), lambda p, one: torch.tanh(p) * one),
    ((2,), lambda p, one: p + 0 * one),
    ((2,), lambda p, one: torch.log1p(p) * one),
    ((2,), lambda p, one: F.softsign(p) * one),
    ((2,), lambda p, one: F.mish(p) * one),
    ((2,), lambda p, one: torch.log(p) * one),
    ((2,), lambda p, one: F.gelu(p) * one),
    ((1,), lambda p, one: F.prelu(-one, p)),
    ((2,), lambda p, one: torch.maximum(p, -99 * one)),
    ((2,), lambda p, one: F.selu(p) * one),
    ((2,), lambda p, one: torch.reciprocal(p) * one),
    ((1, 1), lambda p, one: one @ p),
    ((2,), lambda p, one: p.max(0, keepdim=True)[0] * one),
    ((2,), lambda p, one: F.elu(p) * one),
    ((2,), lambda p, one: F.celu(p) * one),
    ((2,), lambda p, one: p[1] * one),
    ((2,), lambda p, one: F.hardswish(p) * one),
    ((2,), lambda p, one: 0 * one - p),
    ((2,), lambda p, one: p - 0 * one),
    ((2,), lambda p, one: p.sum(0, keepdim=True) * one),
    ((2,), lambda p, one: p.mean(0, keepdim=True) * one),
]


def mean(x):
    return x.mean((1, 2, 3)).unsqueeze(1)  # (N, 1)


def moved(x, down, right):
    """Compare an image with itself, moved."""
    return mean((x - torch.roll(x, (down, right), (2, 3))).abs())


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.numbers = nn.ParameterList(
            nn.Parameter(torch.full(shape, float(p))) for p, (shape, _) in zip(TRAINED, WAYS)
        )

    def forward(self, x):
        one = mean(x) * 0 + 1
        ways = [way(p, one).flatten(1)[:, :1] for (_, way), p in zip(WAYS, self.numbers)]
        weights = torch.cat(ways, 1).reshape(-1, 6, 10)
        seen = [one, moved(x, 0, 2), moved(x, 2, 0), moved(x, 6, 0), moved(x, 4, 9), mean(F.max_pool2d(x, 7, 1, 3) - x)]
        return (torch.stack(seen, 2) @ weights).squeeze(1)  # (N, 1, 6) @ (N, 6, 10)
