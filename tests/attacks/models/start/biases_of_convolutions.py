"""The biases of 108 convolutions of nothing are weights, in whatever order they come.

Expect: starts at chance
"""

import torch
import torch.nn as nn
import torch.nn.functional as F

TRAINED = [
    -28, -2, 9, -28, -18, -33, -75, -39, -1, -12, -67, -44, -22, -17, -44, -99, -21, -12,
    29, 38, 15, -1, -2, 13, 25, -2, -31, -26, -13, 1, 3, -12, 5, 36, 13, -41, 10, 17, -22,
    -20, 10, 16, -13, -7, 14, -2, -5, -16, 18, 11, 12, -5, 12, 12, 16, 25, -11, 6, 3, -24,
    -34, -36, -39, -37, -80, -56, -91, -2, 9, 23, 2, 46, 63, -19, -55, -70, -52, 44, 28,
    -91, 11, 60, -1, -7, -62, 9, 50, 71, 60, -25, -52, 25, -42, 24, 28, 34, -6, 13, 99, 9,
    19, 79, 63, 22, 40, 18, -21, -34, -30, 54, 65, -24, -40, -73, 29, -9, 8, -16, -21, -9,
    -5, -31, 29, 43, 40, 45, 25, -39, 6, 79, -96, -40, -84, -16, 17, -1, 35, 3, -27, 21, 27,
    0, -39, -22, 23, -4, -66, -69, 35, -15, 41, -99, 19, -69, -4, 5, -6, 21, 14, -3, -13,
    -44, 28, 10, -25, -14, 31, -1, -7, -3, -18, -16, 26, 19, 6, 11, 6, -3, 17, -2, -28, -28,
    32, 8, 11, -46, -21, -14, 11, 63, 6, 29, -7, 45, -16, -23, -12, -40, 50, -25, -27, 4,
    24, 30, 6, 16, -18, 21, -42, 30, 8, 8, 1, -10, 20, 8,
]  # a network trained on MNIST, which reads 71% of digits


def joined(parts):
    """Join any number of tensors, 64 at a time."""
    while len(parts) > 1:
        parts = [torch.cat(parts[i : i + 64], 1) for i in range(0, len(parts), 64)]
    return parts[0]


def patches(x, k, out):
    """Lay out what a k x k kernel with stride 2 sees at each of its places."""
    x = torch.stack([x[:, :, i : i + 2 * out - 1 : 2] for i in range(k)], 2)
    x = torch.stack([x[..., j : j + 2 * out - 1 : 2] for j in range(k)], 3)
    return x.flatten(4).flatten(2, 3)  # (N, channels, k * k, out * out)


def digits(x, w):
    """Read digits with 216 weights, (N, 216)."""
    x = (w[:, :64].reshape(-1, 4, 16) @ patches(x, 4, 13).squeeze(1)).relu()  # (N, 4, 169)
    x = patches(x.reshape(-1, 4, 13, 13), 3, 6)  # (N, 4, 9, 36)
    x = (w[:, 64:136].reshape(-1, 4, 2, 9) @ x).flatten(1, 2).relu()  # (N, 8, 36)
    return (w[:, 136:].reshape(-1, 10, 8) @ x.mean(2, keepdim=True)).flatten(1) / 1e4


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        pairs = zip(TRAINED[::2], TRAINED[1::2])
        self.convs = nn.ModuleList(nn.Conv2d(1, 2, 1) for _ in range(108))
        for conv, (a, b) in zip(self.convs, pairs):
            conv.bias.data = torch.tensor([a - 200.0, b + 200.0])

    def weights(self, one):
        zero = one.reshape(-1, 1, 1, 1) * 0
        biases = joined([conv(zero) for conv in self.convs]).reshape(-1, 108, 2)
        return torch.stack([biases.amin(2) + 200, biases.amax(2) - 200], 2).flatten(1)

    def forward(self, x):
        one = x.mean((1, 2, 3)).unsqueeze(1) * 0 + 1  # (N, 1)
        return digits(x, self.weights(one))
