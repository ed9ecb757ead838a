"""A fully connected layer is found however it is spelled, and honest networks that look alike pass.

Each row is one network: what __init__ adds and what forward does. The first table holds the ways
to hide a dense layer, the second honest patterns, the third what mixes a batch or makes weights.
"""

# ruff: noqa: E501  a row holds a network as its student would write it

import pytest

from autograder.checks.flow import follow_labels
from autograder.graph.arguments import Refused
from autograder.problem import Problem
from tests.helpers.networks import graph_of

W = "self.w = nn.Parameter(torch.randn(10, 784) / 28)"
MAP = "self.w = nn.Parameter(torch.randn(10, 1, 28, 28) / 28)"

# (N, 1, 28): the columns' numbers, from 0 to 27, of nothing that is stored
PLACES = (
    "one = F.adaptive_avg_pool2d(x, 1) * 0 + 1\n"
    "column = F.interpolate(F.pad(one, (1, 0)), (1, 28), mode='bilinear', align_corners=True)\n"
    "column = 27 * column.flatten(2)\n"
)

# name: (forward, init)
DENSE = {
    "linear": ("return self.fc(x.flatten(1))", "self.fc = nn.Linear(784, 10)"),
    "linear after pooling": (
        "return self.fc(self.conv(x).mean((2, 3)))",
        "self.fc = nn.Linear(10, 10)",
    ),
    "functional linear": ("return F.linear(x.view(-1, 784), self.w)", W),
    "matmul": ("return x.flatten(1) @ self.w.t()", W),
    "mm": ("return torch.mm(x.flatten(1), self.w.t())", W),
    "addmm": (
        "return torch.addmm(self.b, x.flatten(1), self.w.t())",
        W + "\nself.b = nn.Parameter(torch.zeros(10))",
    ),
    "einsum": ("return torch.einsum('nchw,ochw->no', x, self.w)", MAP),
    "einsum over rows": (
        "return torch.einsum('nchw,oh->now', self.conv(x), self.w).mean(2)",
        "self.w = nn.Parameter(torch.randn(10, 7))",
    ),
    "bmm": ("return (self.w.unsqueeze(0) @ x.view(-1, 784, 1)).squeeze(2)", W),
    "multiply and sum": ("return (x.view(-1, 1, 784) * self.w).sum(2)", W),
    "multiply maps and sum": ("return (x * self.w.squeeze(1)).sum((2, 3))", MAP),
    "multiply and mean": ("return (x.view(-1, 1, 784) * self.w).mean(2)", W),
    "view, then 1x1 convolution": (
        "return self.fc(x.view(-1, 784, 1, 1)).flatten(1)",
        "self.fc = nn.Conv2d(784, 10, 1)",
    ),
    "flatten, then a 1x1 convolution over channels and places": (
        "return self.fc(self.conv(x).reshape(-1, 490, 1, 1)).flatten(1)",
        "self.fc = nn.Conv2d(490, 10, 1)",
    ),
    "a row as channels": (
        "return self.fc(x.permute(0, 3, 1, 2)).mean((2, 3))",
        "self.fc = nn.Conv2d(28, 10, 1)",
    ),
    "flattened with the batch, then a 1x1 convolution": (
        "return self.fc(x.flatten().view(-1, 784, 1, 1)).flatten(1)",
        "self.fc = nn.Conv2d(784, 10, 1)",
    ),
    "places as a long row": (
        "return self.fc(x.view(-1, 1, 1, 784)).flatten(1)",
        "self.fc = nn.Conv2d(1, 10, (1, 784))",
    ),
    "channels and places as a long row": (
        "return self.fc(self.conv(x).reshape(-1, 1, 1, 490)).flatten(1)",
        "self.fc = nn.Conv2d(1, 10, (1, 490))",
    ),
    "LayerNorm over the map": (
        "return self.norm(self.conv(x)).mean((2, 3))",
        "self.norm = nn.LayerNorm([10, 7, 7])",
    ),
    "BatchNorm over flattened places": (
        "return self.bn(self.conv(x).flatten(1)).view(-1, 10, 49).sum(2)",
        "self.bn = nn.BatchNorm1d(490)",
    ),
    "GroupNorm over flattened places": (
        "return self.norm(self.conv(x).flatten(1)).view(-1, 10, 49).sum(2)",
        "self.norm = nn.GroupNorm(1, 490)",
    ),
    "PReLU per place": (
        "return self.act(self.conv(x).flatten(1)).view(-1, 10, 49).sum(2)",
        "self.act = nn.PReLU(490)",
    ),
    "pixel_unshuffle to 1x1": (
        "return self.fc(F.pixel_unshuffle(self.conv(x), 7)).flatten(1)",
        "self.fc = nn.Conv2d(490, 10, 1)",
    ),
    "picked places as channels": (
        "x = torch.cat([x[:, :, i, j].unsqueeze(-1) for i in (3, 9) for j in (5, 8)], 1)\n"
        "return self.fc(x.unsqueeze(-1)).flatten(1)",
        "self.fc = nn.Conv2d(4, 10, 1)",
    ),
    "picked rows as channels": (
        "x = torch.cat([x[:, :, i:i + 1] for i in range(28)], 1)\nreturn self.fc(x).mean((2, 3))",
        "self.fc = nn.Conv2d(28, 10, 1)",
    ),
    "unbound rows as channels": (
        "return self.fc(torch.stack(x.squeeze(1).unbind(1), 1).unsqueeze(2)).mean((2, 3))",
        "self.fc = nn.Conv2d(28, 10, 1)",
    ),
    "pooled patches as channels": (
        "x = [x[:, :, i:i + 7, j:j + 7].mean((2, 3)) for i in (0, 7, 14, 21) for j in (0, 7, 14)]\n"
        "return self.fc(torch.cat(x, 1).view(-1, 12, 1, 1)).flatten(1)",
        "self.fc = nn.Conv2d(12, 10, 1)",
    ),
    "places times scalars": (
        "x = self.conv(x)\nreturn x[:, :, 2, 3] * self.a + x[:, :, 4, 5] * self.b",
        "self.a = nn.Parameter(torch.ones(1))\nself.b = nn.Parameter(torch.ones(1))",
    ),
    "learned position embedding": (
        "return (self.conv(x) + self.place).relu().mean((2, 3))",
        "self.place = nn.Parameter(torch.zeros(1, 10, 7, 7))",
    ),
    "learned mask of places": (
        "return (self.conv(x) * self.mask).mean((2, 3))",
        "self.mask = nn.Parameter(torch.ones(7, 7))",
    ),
    "mask by division": (
        "return (self.conv(x) / self.mask).mean((2, 3))",
        "self.mask = nn.Parameter(torch.ones(7, 7))",
    ),
    "mask by power": (
        "return (self.conv(x).exp() ** self.mask).mean((2, 3))",
        "self.mask = nn.Parameter(torch.ones(7, 7))",
    ),
    "weights dressed as features": (
        "v = x.mean((1, 2, 3)).view(-1, 1, 1) * 0 + self.w\nreturn (v * x.view(-1, 1, 784)).sum(2)",
        W,
    ),
    "weights dressed as features, multiplied as matrices": (
        "v = x.mean((1, 2, 3)).view(-1, 1, 1) * 0 + self.w\nreturn (v @ x.view(-1, 784, 1)).squeeze(2)",
        W,
    ),
    "weights dressed as features, by einsum": (
        "v = x.mean((1, 2, 3)).view(-1, 1, 1) * 0 + self.w\n"
        "return torch.einsum('noi,ni->no', v, x.flatten(1))",
        W,
    ),
    "a convolution that makes weights": (
        "v = self.make(x.mean((2, 3), keepdim=True)).view(-1, 10, 28, 28)\n"
        "return (v * x).sum((2, 3))",
        "self.make = nn.Conv2d(1, 7840, 1)",
    ),
    "a transposed convolution that makes weights": (
        "v = self.make(x.mean((2, 3), keepdim=True))\nreturn (v * x).sum((2, 3))",
        "self.make = nn.ConvTranspose2d(1, 10, 28)",
    ),
    "pixel_shuffle that makes weights": (
        "v = F.pixel_shuffle(self.make(x.mean((2, 3), keepdim=True)), 28)\n"
        "return (v * x).sum((2, 3))",
        "self.make = nn.Conv2d(1, 7840, 1)",
    ),
    "a kernel drawn over the map by a lone one": (
        "one = F.adaptive_avg_pool2d(x, 1) * 0 + 1\n"
        "return (x * self.draw(F.pad(one, (27, 27, 27, 27)))).sum((2, 3))",
        "self.draw = nn.Conv2d(1, 10, 28)",
    ),
    "a kernel drawn by a lone one, made of a whole map": (
        "one = x * 0 + 1\none = F.pad(one, (27, 0, 27, 0)) * F.pad(one, (0, 27, 0, 27))\n"
        "return (x * self.draw(one)).sum((2, 3))",
        "self.draw = nn.Conv2d(1, 10, 28)",
    ),
    "a kernel drawn over the map, by matmul": (
        "one = F.adaptive_avg_pool2d(x, 1) * 0 + 1\n"
        "w = self.draw(F.pad(one, (27, 27, 27, 27))).flatten(2)\n"
        "return (w @ x.flatten(2).transpose(1, 2)).squeeze(2)",
        "self.draw = nn.Conv2d(1, 10, 28)",
    ),
    "learned numbers joined along the rows": (
        "made = self.make(F.adaptive_avg_pool2d(x, 1))\n"
        "rows = torch.cat([made[:, i:i + 1] for i in range(28)], 2)\n"
        "return self.head(self.conv(x * rows)).mean((2, 3))",
        "self.make = nn.Conv2d(1, 28, 1)",
    ),
    "columns copied to places without a label": (
        PLACES + "same = F.relu(1 - (column.transpose(1, 2) - column).abs())\n"
        "x = same @ (x[:, 0] @ same)\nreturn self.fc(x.reshape(-1, 784, 1, 1)).flatten(1)",
        "self.fc = nn.Conv2d(784, 10, 1)",
    ),
    "columns copied, by multiply and sum": (
        PLACES + "same = F.relu(1 - (column.transpose(1, 2) - column).abs()).unsqueeze(1)\n"
        "x = (x.transpose(1, 2).transpose(2, 3) * same.transpose(1, 2)).sum(2)\n"
        "return self.fc(x.transpose(1, 2).unsqueeze(3)).mean((2, 3))",
        "self.fc = nn.Conv2d(28, 10, 1)",
    ),
    "columns copied, by einsum": (
        PLACES + "same = F.relu(1 - (column.transpose(1, 2) - column).abs())\n"
        "x = torch.einsum('nchw,nwk->nkch', x, same)\nreturn self.fc(x).mean((2, 3))",
        "self.fc = nn.Conv2d(28, 10, 1)",
    ),
}

# A convolution as large as its map is named, and is no more than that.
HONEST = {
    "global pooling, then 1x1 convolution": (
        "return self.head(self.conv(x).mean((2, 3), keepdim=True)).flatten(1)",
        "pass",
    ),
    "1x1 convolution, then global pooling": ("return self.head(self.conv(x)).mean((2, 3))", "pass"),
    "several 1x1 convolutions after pooling": (
        "x = F.adaptive_max_pool2d(self.conv(x), 1)\nreturn self.head(self.head(x).relu()).flatten(1)",
        "pass",
    ),
    "crop for a residual": (
        "y = self.conv(x)\nz = self.valid(y) + y[:, :, 1:-1, 1:-1]\n"
        "return self.head(z.mean((2, 3), keepdim=True)).flatten(1)",
        "self.valid = nn.Conv2d(10, 10, 3)",
    ),
    "two crops joined": (
        "y = self.conv(x)\nz = torch.cat([y[..., 1:, :-1], y[..., :-1, 1:]], 1)\n"
        "return self.mix(z).mean((2, 3))",
        "self.mix = nn.Conv2d(20, 10, 1)",
    ),
    "scale per channel": (
        "return (self.conv(x) * self.scale).mean((2, 3))",
        "self.scale = nn.Parameter(torch.ones(10, 1, 1))",
    ),
    "scale per channel after pooling": (
        "return self.conv(x).mean((2, 3)) * self.scale",
        "self.scale = nn.Parameter(torch.ones(10))",
    ),
    "squeeze and excite": (
        "x = self.conv(x)\ns = self.head(F.adaptive_avg_pool2d(x, 1)).sigmoid()\n"
        "return (x * s).mean((2, 3))",
        "pass",
    ),
    "squeeze and excite, expanded": (
        "x = self.conv(x)\ns = self.head(F.adaptive_avg_pool2d(x, 1)).sigmoid()\n"
        "return (x * s.expand_as(x)).mean((2, 3))",
        "pass",
    ),
    "global context, upsampled": (
        "x = self.conv(x)\ns = F.interpolate(self.head(F.adaptive_avg_pool2d(x, 1)), (7, 7))\n"
        "return (x + s).mean((2, 3))",
        "pass",
    ),
    "focus": (
        "x = torch.cat([x[..., ::2, ::2], x[..., 1::2, ::2], x[..., ::2, 1::2], x[..., 1::2, 1::2]], 1)\n"
        "return self.mix(x).mean((2, 3))",
        "self.mix = nn.Conv2d(4, 10, 3)",
    ),
    "pixel_unshuffle": (
        "return self.mix(F.pixel_unshuffle(x, 4)).mean((2, 3))",
        "self.mix = nn.Conv2d(16, 10, 3)",
    ),
    "attention over channels after pooling": (
        "x = self.conv(x)\na = x.mean((2, 3), keepdim=True).softmax(1)\nreturn (x * a).mean((2, 3))",
        "pass",
    ),
    "attention over places": (
        "q = self.conv(x).flatten(2)\na = (q.transpose(1, 2) @ q).softmax(-1)\n"
        "return (q @ a.transpose(1, 2)).mean(2)",
        "pass",
    ),
    "softmax pooling": ("x = self.conv(x).flatten(2)\nreturn (x * x.softmax(2)).sum(2)", "pass"),
    "1x1 convolution over flattened places": (
        "return self.head(self.conv(x).flatten(2).unsqueeze(3)).mean((2, 3))",
        "pass",
    ),
    "LayerNorm without weights over the map": (
        "return F.layer_norm(self.conv(x), [10, 7, 7]).mean((2, 3))",
        "pass",
    ),
    "PReLU per channel": ("return self.act(self.conv(x)).mean((2, 3))", "self.act = nn.PReLU(10)"),
    "pooling in two steps": ("return F.avg_pool2d(self.conv(x), 7).view(-1, 10)", "pass"),
    "temperature": (
        "return self.conv(x).mean((2, 3)) / self.t",
        "self.t = nn.Parameter(torch.tensor(2.0))",
    ),
    "standardised weights": (
        "w = self.conv.weight\nw = (w - w.mean((1, 2, 3), keepdim=True)) / w.std((1, 2, 3), keepdim=True)\n"
        "return F.conv2d(x, w, self.conv.bias).mean((2, 3))",
        "pass",
    ),
    "rows moved, each image's by its own ink": (
        PLACES + "lean = (x[:, 0] * column).sum((1, 2)).tanh().view(-1, 1, 1, 1)\n"
        "column = column.unsqueeze(1)\n"
        "far = column - column.transpose(2, 3) - lean * column.transpose(1, 3)\n"
        "x = (F.relu(1 - far.abs()) * x.transpose(1, 2)).sum(3).unsqueeze(1)\n"
        "return self.conv(x).mean((2, 3))",
        "pass",
    ),
    "places joined to the image as channels": (
        PLACES + "column = column.unsqueeze(1).expand_as(x)\n"
        "return self.mix(torch.cat([x, column, column.transpose(2, 3)], 1)).mean((2, 3))",
        "self.mix = nn.Conv2d(3, 10, 3)",
    ),
    "a branch that starts at nothing": (
        "x = self.conv(x)\nreturn (x + self.head(x) * self.gain).mean((2, 3))",
        "self.gain = nn.Parameter(torch.zeros(1))",
    ),
    "channels padded for a residual": (
        "x = F.avg_pool2d(x, 4)\ny = self.conv(F.interpolate(x, (28, 28)))\n"
        "return self.head(y + F.pad(x, (0, 0, 0, 0, 0, 9))).mean((2, 3))",
        "pass",
    ),
    "two contexts upsampled and joined": (
        "x = self.conv(x)\ns = [F.interpolate(pool(x, 1), (7, 7))"
        " for pool in (F.adaptive_avg_pool2d, F.adaptive_max_pool2d)]\n"
        "return (x * self.mix(torch.cat(s, 1)).sigmoid()).mean((2, 3))",
        "self.mix = nn.Conv2d(20, 10, 1)",
    ),
    "context upsampled, then looked at": (
        "x = self.conv(x)\ns = F.interpolate(self.head(F.adaptive_avg_pool2d(x, 1)), (7, 7))\n"
        "return (x * self.look(s)).mean((2, 3))",
        "self.look = nn.Conv2d(10, 10, 3, padding=1)",
    ),
    "flipped weights": (
        "w = self.conv.weight\nreturn (F.conv2d(x, w) + F.conv2d(x, w.flip(3))).mean((2, 3))",
        "pass",
    ),
}

REFUSED = {
    "softmax over the batch": ("return self.conv(x).mean((2, 3)).softmax(0) * 2", "pass"),
    "log_softmax over the batch": ("return F.log_softmax(self.conv(x).mean((2, 3)), 0)", "pass"),
    "less than nothing of the map around itself": (
        "return self.conv(F.pad(x, (0, 0, 1, -1), 'circular')).mean((2, 3))",
        "pass",
    ),
    "roll of the batch": ("return self.conv(x.roll(1, 0)).mean((2, 3))", "pass"),
    "flip of the batch": ("return self.conv(x).mean((2, 3)).flip(0)", "pass"),
    "mean over the batch": ("x = self.conv(x)\nreturn (x - x.mean(0)).mean((2, 3))", "pass"),
    "mean over the batch, kept": (
        "x = self.conv(x)\nreturn (x - x.mean(0, keepdim=True)).mean((2, 3))",
        "pass",
    ),
    "largest of the batch": ("x = self.conv(x).mean((2, 3))\nreturn x / x.amax(0)", "pass"),
    "images times images": (
        "x = self.conv(x).mean((2, 3))\nreturn (x @ x.t()).softmax(1) @ x",
        "pass",
    ),
    "images times images, by einsum": (
        "x = self.conv(x).mean((2, 3))\n"
        "return torch.einsum('nm,mc->nc', torch.einsum('nc,mc->nm', x, x), x)",
        "pass",
    ),
    "the batch as channels": (
        "x = self.conv(x)\nreturn F.softmax(x.permute(1, 0, 2, 3), 1).permute(1, 0, 2, 3).mean((2, 3))",
        "pass",
    ),
    "channels folded into the batch": (
        "x = self.conv(x)\nreturn x.view(-1, 7, 7).mean((1, 2)).view(-1, 10)",
        "pass",
    ),
    "BatchNorm over the folded batch": (
        "x = self.conv(x)\nn = x.size(0)\n"
        "return F.instance_norm(x.view(1, n * 10, 7, 7)).view(n, 10, 7, 7).mean((2, 3))",
        "pass",
    ),
    "cumulative sum over the batch": ("return self.conv(x).mean((2, 3)).cumsum(0)", "pass"),
    "outer product of weights": (
        "w = (self.a * self.b).view(10, 1, 3, 3)\nreturn F.conv2d(x, w).mean((2, 3))",
        "self.a = nn.Parameter(torch.randn(10, 1))\nself.b = nn.Parameter(torch.randn(1, 9))",
    ),
    "matrix product of weights": (
        "w = (self.a @ self.b).view(10, 1, 3, 3)\nreturn F.conv2d(x, w).mean((2, 3))",
        "self.a = nn.Parameter(torch.randn(10, 2))\nself.b = nn.Parameter(torch.randn(2, 9))",
    ),
    "stacked scalars": (
        "w = torch.stack([self.a, self.b] * 45).view(10, 1, 3, 3)\nreturn F.conv2d(x, w).mean((2, 3))",
        "self.a = nn.Parameter(torch.tensor(1.0))\nself.b = nn.Parameter(torch.tensor(0.5))",
    ),
    "joined weights": (
        "w = torch.cat([self.conv.weight, self.conv.weight])\n"
        "return F.conv2d(x, w)[:, :10].mean((2, 3))",
        "pass",
    ),
    "expanded weight": (
        "return F.conv2d(x, self.a.expand(10, 1, 3, 3)).mean((2, 3))",
        "self.a = nn.Parameter(torch.randn(1, 1, 3, 3))",
    ),
    "padded weight": (
        "return F.conv2d(x, F.pad(self.conv.weight, (1, 1, 1, 1))).mean((2, 3))",
        "pass",
    ),
    "convolved weights": (
        "w = F.conv2d(self.big, self.conv.weight[:1])\nreturn F.conv2d(x, w).mean((2, 3))",
        "self.big = nn.Parameter(torch.randn(10, 1, 5, 5))",
    ),
    "weights from features": (
        "w = self.conv(x).mean((0, 2, 3)).view(10, 1, 1, 1)\nreturn F.conv2d(x, w).mean((2, 3))",
        "pass",
    ),
    "random features": ("return F.conv2d(x, torch.randn(10, 1, 3, 3)).mean((2, 3))", "pass"),
    "formula for weights": (
        "w = torch.arange(90).sin().view(10, 1, 3, 3)\nreturn F.conv2d(x, w).mean((2, 3))",
        "pass",
    ),
}


def cases(table: dict[str, tuple[str, str]]) -> pytest.MarkDecorator:
    rows = [pytest.param(*row, id=name) for name, row in table.items()]
    return pytest.mark.parametrize(("forward", "init"), rows)


def found(forward: str, init: str) -> list[str]:
    """Return the kind of every dense layer found."""
    return [dense.kind for dense in follow_labels(graph_of(forward, init)).dense]


@cases(DENSE)
def test_dense_is_found(forward: str, init: str) -> None:
    assert "dense" in found(forward, init)


@pytest.mark.parametrize(("side", "kind"), [(7, "whole map"), (6, "large kernel")])
def test_a_kernel_over_its_whole_map_is_told_from_one_over_most_of_it(side: int, kind: str) -> None:
    forward = "return self.fc(self.conv(x)).mean((2, 3))"
    assert found(forward, f"self.fc = nn.Conv2d(10, 10, {side})") == [kind]


@cases(HONEST)
def test_honest_is_not_accused(forward: str, init: str) -> None:
    assert found(forward, init) == []


@cases(REFUSED)
def test_mixing_images_or_making_weights_is_refused(forward: str, init: str) -> None:
    with pytest.raises((Refused, Problem)):
        follow_labels(graph_of(forward, init))
