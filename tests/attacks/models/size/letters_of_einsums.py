"""Weights ride in the letters of einsum equations, which do nothing but reorder axes.

Expect: counts 90
"""

from itertools import permutations

import torch
import torch.nn as nn
import torch.nn.functional as F

KERNEL = [ord(sign) - 48 for sign in (
    r"MQYheKWFR[?K?7<KUJ=;MMJ[`WBQOR>@AX`IUIQVYaZO5ZSYO@<WLSH=IVXN<PYTN7N\UMBT]Q\`bfU_QONS"
    r"NJRLTMFMIFA237?<"
)]  # 100 weights of a trained first layer, each from 0 to 62


def joined(parts):
    """Join any number of tensors, 64 at a time."""
    while len(parts) > 1:
        parts = [torch.cat(parts[i : i + 64], 1) for i in range(0, len(parts), 64)]
    return parts[0]


def patches(x, k, out):
    """Lay out what a k x k kernel with stride 2 sees at each of its places."""
    x = torch.stack([x[:, :, i : i + 2 * out - 1 : 2] for i in range(k)], 2)
    x = torch.stack([x[..., j : j + 2 * out - 1 : 2] for j in range(k)], 3)
    return x.flatten(4).flatten(1, 3)  # (N, channels * k * k, out * out)


ORDERS = sorted(permutations(range(5)), key=lambda order: sum(k * a for k, a in enumerate(order)))


def order_of(n):
    """Choose the order of five axes that stands for n."""
    return ORDERS[n * 119 // 62]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Conv2d(4, 10, 1)

    def kernel(self, one):
        step = torch.cat([one * 0, one], 1)  # (N, 2): along axis k of the table it counts k
        steps = [step.reshape([-1] + [2 if a == k else 1 for a in range(5)]) * k for k in range(5)]
        table = steps[0] + steps[1] + steps[2] + steps[3] + steps[4]  # (N, 2, 2, 2, 2, 2)
        tables = joined([torch.einsum("zabcde->z" + "".join("abcde"[a] for a in order_of(n)), table) for n in KERNEL]).reshape(-1, 100, 32)
        return (tables * table.flatten(1).unsqueeze(1)).sum(2)

    def forward(self, x):
        one = x.mean((1, 2, 3)).unsqueeze(1) * 0 + 1  # (N, 1), made of the image: nothing is stored
        w = self.kernel(one)  # (N, 100)
        x = (((w - w.mean(1, keepdim=True)) / 40).reshape(-1, 4, 25) @ patches(x, 5, 12)).relu()  # (N, 4, 144)
        return self.head(x.mean(2).reshape(-1, 4, 1, 1)).flatten(1)
