"""A network has one form, however it is written down: the same hash, the same training."""

import random
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from autograder.capture import entry
from autograder.graph import fingerprint
from autograder.graph.answer import read_answer
from autograder.graph.arguments import Argument, Stored, Value
from autograder.graph.canonical import canonical, same
from autograder.graph.network import Network
from autograder.graph.nodes import Graph, Node
from autograder.graph.operations import OPERATIONS
from autograder.graph.reorder import ready_to_train
from tests.helpers.networks import graph_of

ZOO = sorted((Path(__file__).parents[2] / "zoo").glob("*.py"))
LAST = "return self.head(x).mean((2, 3))"
PLAIN = f"x = F.relu(self.conv(x))\n{LAST}"


def names(graph: Graph) -> list[str]:
    return [node.operation.name for node in graph.nodes]


def gradients(graph: Graph) -> list[Tensor]:
    """Return the scores and every gradient of one training step."""
    torch.manual_seed(0)
    x, y = torch.randn(16, 1, 28, 28), torch.randint(10, (16,))
    network = Network(graph).train()
    scores = network(x)
    F.cross_entropy(scores, y).backward()  # type: ignore[no-untyped-call]
    by_name = sorted(network.names.items())
    found = [network.get_parameter(n).grad for _, n in by_name if n.startswith("t")]
    return [scores.detach(), *(grad for grad in found if grad is not None)]


# What may stand between the first convolution's ReLU and the last layer, and does nothing.
NOTHING = {
    "times one": "x = x * 1",
    "one times": "x = 1.0 * x",
    "plus zero": "x = 0 + x",
    "minus zero": "x = x - 0",
    "over one": "x = x / 1",
    "first power": "x = x ** 1",
    "twice the half": "x = x * 2 / 2",
    "minus minus": "x = -(x * -1)",
    "itself and itself": "x = (x + x) / 2",
    "the larger of itself": "x = torch.maximum(x, x)",
    "and nothing of another": "x = x + 0 * self.other(x)",
    "and nothing of itself": "x = x + (x - x)",
    "alpha of zero": "x = torch.add(x, self.other(x), alpha=0)",
    "never dropped": "x = F.dropout2d(x, 0.0, self.training)",
    "dropped in no mode": "x = F.dropout(x, 0.5, training=False)",
    "rectified again": "x = F.relu(F.relu(x))",
    "no part below zero": "x = F.leaky_relu(x, 0.3).abs().clamp(min=0)",
    "a slope of one": "x = F.leaky_relu(x, 1.0)",
    "in place": "x = (x * 1).relu_()",
    "a reshape and back": "x = x.flatten(1).reshape(-1, 10, 7, 7)",
    "an axis more and less": "x = x.unsqueeze(1).squeeze(1)",
    "channels last and back": "x = x.permute(0, 2, 3, 1).permute(0, 3, 1, 2)",
    "transposed twice": "x = x.transpose(2, 3).transpose(-2, -1)",
    "mirrored twice": "x = x.flip(3).flip(-1)",
    "rolled all round": "x = torch.roll(torch.roll(x, 3, 2), 4, 2)",
    "padded by nothing": "x = F.pad(x, (0, 0, 0, 0))",
    "padded and cropped": "x = F.pad(F.pad(x, (1, 2)), (-1, -2))",
    "cut and joined": "x = torch.cat([x[:, :4], x[:, 4:]], 1)",
    "cut both ways and joined": "a, b = x[:, :4, 2:], x[:, 4:, 2:]\n"
    "x = torch.cat([x[:, :, :2], torch.cat([a, b], 1)], 2)",
    "joined alone": "x = torch.cat([x], 1)",
    "joined behind a part of itself": "x = torch.cat([x[:, :1], x], 1)[:, 1:]",
    "plus its own padding": "x = x + F.pad(x, (7, -7))",
    "stacked and chosen": "x = torch.stack([x, x], 1)[:, 1]",
    "pooled by one": "x = F.avg_pool2d(F.max_pool2d(x, 1), 1)",
    "as large as it is": "x = F.interpolate(F.adaptive_avg_pool2d(x, 7), size=7)",
    "expanded to itself": "x = x.expand(-1, 10, 7, 7)",
    "shuffled and back": "x = F.channel_shuffle(F.channel_shuffle(x, 2), 5)",
    "computed and not used": "y = self.other(x).tanh()",
    # The last layer treats all places alike, and then all of them are averaged.
    "rolled by one": "x = torch.roll(x, 1, 2)",
    "mirrored both ways": "x = x.flip(2).flip(3)",
    "rolled before an activation and a norm": "x = F.relu(torch.roll(x, (2, 3), (2, 3)))",
}
OTHER = "self.other = nn.Conv2d(10, 10, 3, padding=1)"


@pytest.mark.parametrize("nothing", NOTHING.values(), ids=NOTHING.keys())
def test_what_does_nothing_is_gone(nothing: str) -> None:
    graph = graph_of(f"x = F.relu(self.conv(x))\n{nothing}\n{LAST}", OTHER)
    plain = graph_of(PLAIN)
    assert fingerprint.of_network(graph) == fingerprint.of_network(plain)
    trained = [ready_to_train(which, seed=3) for which in (graph, plain)]
    x = torch.randn(4, 1, 28, 28)
    assert torch.equal(trained[0](x), trained[1](x))  # the same weights, drawn in the same order


SPELLINGS = {
    "an average of all places": (
        "return self.head(x).mean((2, 3))",
        "return self.head(x).mean((-1, -2), keepdim=True).flatten(1)",
        "return F.adaptive_avg_pool2d(self.head(x), 1)[:, :, 0, 0]",
        "return F.adaptive_avg_pool2d(self.head(x), 1).reshape(-1, 10)",
        "return self.head(x).mean((3, 2), keepdim=True).squeeze(3).squeeze(-1)",
    ),
    "a maximum of some places": (
        "return self.head(F.relu(F.max_pool2d(x, 7))).flatten(1)",
        "return self.head(F.max_pool2d(F.relu(x), 7, 30, 0, 1, True)).flatten(1)",
        "return self.head(F.adaptive_max_pool2d(F.relu(x), 1)).flatten(1)",
        "return self.head(F.relu(F.max_pool2d(F.relu(x), 7, ceil_mode=True))).flatten(1)",
    ),
    "operands": (
        "return (self.head(x) * x + x).mean((2, 3))",
        "return (x + x * self.head(x)).mean((2, 3))",
        "y = self.head(x)\nreturn (torch.add(x, torch.mul(x, y))).mean((2, 3))",
        "return (x - x * -self.head(x)).mean((2, 3))",
    ),
    "a difference": (
        "return (1 - self.head(x)).mean((2, 3))",
        "return (-self.head(x) + 1).mean((2, 3))",
        "return torch.rsub(self.head(x), 1).mean((2, 3))",
        "return torch.sub(1, self.head(x)).mean((2, 3))",
    ),
    "a shift": (
        "return (self.head(x) - 3).mean((2, 3))",
        "return (self.head(x) + -3.0).mean((2, 3))",
        "return torch.add(self.head(x), -1.5, alpha=2).mean((2, 3))",
    ),
    "a square": (
        "return (self.head(x) ** 2).mean((2, 3))",
        "y = self.head(x)\nreturn (y * y).mean((2, 3))",
        "return self.head(x).square().mean((2, 3))",
        "return (self.head(x) * self.head(x)).mean((2, 3))",
    ),
    "an average of averages": (
        "return self.head(x).mean((2, 3))",
        "return self.head(x).flatten(2).mean(2)",
        "return self.head(x).mean(3).mean(2)",
        "return self.head(x).mean(-1, keepdim=True).mean(2).view(-1, 10)",
        "return self.head(x).sum((2, 3)) / 49",
    ),
    "padding before": (
        "return F.conv2d(x, self.w, padding=1).mean((2, 3))",
        "return F.conv2d(F.pad(x, (1, 1, 1, 1)), self.w).mean((2, 3))",
        "return F.conv2d(nn.ZeroPad2d(1)(x), self.w, padding='valid').mean((2, 3))",
        "return F.conv2d(F.pad(x, (0, 0, 1, 1)), self.w, padding=(0, 1)).mean((2, 3))",
    ),
    "an average of a frame": (
        "return self.head(F.avg_pool2d(x, 3, 2, 1)).square().mean((2, 3))",
        "return self.head(F.avg_pool2d(F.pad(x, (1, 1, 1, 1)), 3, 2)).square().mean((2, 3))",
    ),
    "a pool of pools": (
        "x = F.max_pool2d(F.pad(x, (1, 0, 1, 0)), 4)\nreturn self.head(x).mean((2, 3))",
        "x = F.pad(x, (1, 0, 1, 0))\nx = F.max_pool2d(F.max_pool2d(x, 2), 2)\n"
        "return self.head(x).mean((2, 3))",
    ),
    "an average of parts": (
        "x = F.pad(x, (1, 0, 1, 0))\nreturn self.head(F.avg_pool2d(x, 4)).square().mean((2, 3))",
        "x = F.avg_pool2d(F.avg_pool2d(F.pad(x, (1, 0, 1, 0)), 2), 2)\n"
        "return self.head(x).square().mean((2, 3))",
        "x = F.adaptive_avg_pool2d(F.pad(x, (1, 0, 1, 0)), 2)\n"
        "return self.head(x).square().mean((2, 3))",
    ),
    "a gate": (
        "return F.silu(self.head(x)).mean((2, 3))",
        "x = self.head(x)\nreturn (x * torch.sigmoid(x)).mean((2, 3))",
        "x = self.head(x)\nreturn (torch.sigmoid(x) * x).mean((2, 3))",
    ),
    "a hard gate": (
        "return F.hardswish(self.head(x)).mean((2, 3))",
        "x = self.head(x)\nreturn (x * F.hardsigmoid(x)).mean((2, 3))",
        "x = self.head(x)\nreturn (x * F.relu6(x + 3) / 6).mean((2, 3))",
        "x = self.head(x)\nreturn (x * (F.relu6(3 + x) / 6)).mean((2, 3))",
        "x = self.head(x)\nreturn (F.hardtanh(x + 3, 0, 6) * x / 6).mean((2, 3))",
    ),
    "a soft gate": (
        "return F.mish(self.head(x)).mean((2, 3))",
        "x = self.head(x)\nreturn (x * torch.tanh(F.softplus(x))).mean((2, 3))",
    ),
    "powers and roots": (
        "x = self.head(x).square() + 1\nreturn torch.rsqrt(x).mean((2, 3))",
        "x = self.head(x) ** 2 + 1\nreturn (x**-0.5).mean((2, 3))",
        "x = self.head(x).pow(2) + 1\nreturn (1 / torch.sqrt(x)).mean((2, 3))",
        "x = self.head(x).pow(2) + 1\nreturn ((x**0.5) ** -1).mean((2, 3))",
    ),
    "a norm of each channel": (
        "return F.instance_norm(x, weight=self.g).square().mean((2, 3))",
        "return F.group_norm(x, 10, self.g).square().mean((2, 3))",
    ),
    "padding": (
        "return F.conv2d(x, self.w, padding=1).mean((2, 3))",
        "return F.conv2d(x, self.w, padding='same', dilation=1).mean((2, 3))",
    ),
    "a kernel of one": (
        "return F.conv2d(x, self.head.weight, padding=0).mean((2, 3))",
        "return F.conv2d(x, self.head.weight, padding='valid', dilation=5).mean((2, 3))",
    ),
    "a window beyond the map": (
        "return self.head(x).mean((2, 3), True).flatten(1)",
        "return F.max_pool2d(self.head(x).mean((2, 3), True), 2, ceil_mode=True).flatten(1)",
        "return F.avg_pool2d(self.head(x).mean((2, 3), True), (3, 2), ceil_mode=True).flatten(1)",
    ),
    "a window that never moves": (
        "return self.head(F.avg_pool2d(x, 7)).flatten(1)",
        "return self.head(F.avg_pool2d(x, 7, stride=1)).flatten(1)",
        "return self.head(F.avg_pool2d(x, 7, 9, 0, True, False, 49)).flatten(1)",
    ),
    "a part": (
        "return self.head(x[:, :, 2:5, 1:4]).mean((2, 3))",
        "return self.head(x[:, :, :, 1:4][:, :, 2:5]).mean((2, 3))",
        "return self.head(x.narrow(2, 1, 5)[..., 1:-1, 1:4]).mean((2, 3))",
        "return self.head(F.pad(x, (-1, -3, -2, -2))).mean((2, 3))",
    ),
    "relu before or after a reshape": (
        "return F.relu(self.head(x).mean((2, 3)))",
        "return F.relu(self.head(x).mean((2, 3), True)).flatten(1)",
    ),
    "names in an equation": (
        "return torch.einsum('nchw,kc->nkhw', x, self.m).mean((2, 3))",
        "return torch.einsum('zyab, qy -> zqab', x, self.m).mean((2, 3))",
    ),
    "how a weight is stored": (
        "return F.conv2d(x, self.m.reshape(10, 10, 1, 1)).mean((2, 3))",
        "return F.conv2d(x, self.head.weight).mean((2, 3))",
    ),
}
TENSORS = (
    "self.w = nn.Parameter(torch.randn(10, 10, 3, 3))\nself.m = nn.Parameter(torch.eye(10))\n"
    "self.g = nn.Parameter(torch.ones(10))"
)


@pytest.mark.parametrize("spellings", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_spellings_of_one_network_are_one_network(spellings: tuple[str, ...]) -> None:
    graphs = [graph_of(f"x = self.conv(x)\n{spelling}", TENSORS) for spelling in spellings]
    assert len({fingerprint.of_network(graph) for graph in graphs}) == 1
    for graph in graphs:
        for before, after in zip(gradients(graph), gradients(canonical(graph)), strict=True):
            torch.testing.assert_close(after.flatten(), before.flatten())


DROPPED = {
    "relu": (
        "x = F.dropout(F.relu(x), 0.3, self.training)",
        "x = F.relu(F.dropout(x, 0.3, self.training))",
    ),
    "leaky": (
        "x = F.dropout2d(F.leaky_relu(x, 0.1), 0.3, self.training)",
        "x = F.leaky_relu(F.dropout2d(x, 0.3, self.training), 0.1)",
    ),
    "a map that is rolled": (
        "x = torch.roll(F.dropout(x, 0.3, self.training), 1, 3) + x",
        "x = F.dropout(torch.roll(x, 1, 3), 0.3, self.training) + x",
    ),
}


@pytest.mark.parametrize("spellings", DROPPED.values(), ids=DROPPED.keys())
def test_dropout_before_or_after_is_one_network(spellings: tuple[str, str]) -> None:
    one, two = (graph_of(f"x = self.conv(x)\n{how}\n{LAST}") for how in spellings)
    assert fingerprint.of_network(one) == fingerprint.of_network(two)
    if "roll" not in spellings[0]:  # rolled first, the mask lies elsewhere
        for before, after in zip(gradients(one), gradients(two), strict=True):
            torch.testing.assert_close(after, before)


APART = {  # what looks as if it did nothing, and does something
    "rounding": "x = x + 1 - 1",
    "a third": "x = x / 3 * 3",
    "half the images' ink": "x = x * 0.5",
    "clamped from above": "x = x.clamp(max=1)",
    "a gradient at zero": "x = x.clamp(min=0) + x",
    "rolled by one": "x = self.other(torch.roll(x, 1, 2))",
    "rolled by one afterwards": "x = torch.roll(self.other(x), 1, 2) + x",
    "mirrored both ways": "x = self.other(x.flip(2).flip(3))",
    "channels rolled by one": "x = torch.roll(x, 1, 1)",
    "padded on one side": "x = self.other(F.pad(x, (2, 0, 0, 0)))",
    "padded by ones": "x = self.other(F.pad(x, (1, 1, 1, 1), value=1.0))",
    "padded between": "x = self.other(self.other(F.pad(x, (1, 1, 1, 1))))",
    "an average inside a frame": "x = F.avg_pool2d(F.pad(x, (1, 1, 1, 1)), 3, 1, 1, False, False)",
    "a gate of another": "x = x * torch.sigmoid(self.other(x))",
    "a gate with another slope": "x = x * torch.tanh(F.softplus(x, beta=2.0))",
    "a hard gate of two": "x = x * F.relu6(x + 2) / 6",
    "a pool of overlapping pools": "x = F.max_pool2d(F.max_pool2d(x, 2, 1), 2)",
    "a pool of pools that leave an edge": "x = F.avg_pool2d(F.avg_pool2d(x, 2, ceil_mode=True), 2)",
    "dropped": "x = F.dropout(x, 0.5, self.training)",
    "whole maps dropped": "x = F.dropout2d(x, 0.5, self.training)",
    "dropped twice": "x = F.dropout(F.dropout(x, 0.5, self.training), 0.5, self.training)",
    "transposed": "x = x.transpose(2, 3)",
    "joined the other way": "x = torch.cat([x[:, 4:], x[:, :4]], 1)",
    "pooled": "x = F.max_pool2d(x, 3, 1, 1)",
    "averaged": "x = F.avg_pool2d(x, 3, 1, 1)",
    "averaged inside": "x = F.avg_pool2d(x, 3, 1, 1, False, False)",
    "another layer": "x = self.other(x)",
    "two other layers": "x = self.other(self.other(x))",
    "beside another layer": "x = x + self.other(x)",
}


def test_an_image_reflected_on_two_sides_keeps_a_form_that_runs() -> None:
    # torch reflects with a pad for each side of the image; by zero on some of them is one too.
    body = f"x = F.relu(self.conv(x))\nx = F.pad(x, (1, 1, 0, 0), mode='reflect')\n{LAST}"
    graph = graph_of(body)
    form, x = canonical(graph), torch.randn(2, 1, 28, 28)
    assert "pad" in names(form)
    torch.testing.assert_close(Network(form)(x), Network(graph)(x))


def test_what_does_something_stays_apart() -> None:
    forwards = [PLAIN, *(f"x = F.relu(self.conv(x))\n{how}\n{LAST}" for how in APART.values())]
    prints = {fingerprint.of_network(graph_of(forward, OTHER)) for forward in forwards}
    assert len(prints) == len(forwards)


def test_the_activations_that_differ_at_zero_alone_stay_apart() -> None:
    # Torch's clamp hands a gradient on where a number is exactly 0, and its ReLU does not.
    relu, clamp = (
        graph_of(f"x = self.conv(x).{how}\n{LAST}") for how in ("relu()", "clamp(min=0)")
    )
    assert fingerprint.of_network(relu) != fingerprint.of_network(clamp)


# ---- order ---------------------------------------------------------------------------------------


def shuffled(graph: Graph, chance: random.Random) -> Graph:
    """Write a graph down in another order, under other names, some operands swapped."""
    order: list[int] = []
    while len(order) < len(graph.nodes):
        ready = [
            index
            for index, node in enumerate(graph.nodes, start=1)
            if index not in order and all(read == 0 or read in order for read in node.reads())
        ]
        order.append(chance.choice(ready))
    became = {0: 0} | {index: place for place, index in enumerate(order, start=1)}

    def renamed(arg: Argument) -> Argument:
        if isinstance(arg, Value):
            return Value(became[arg.index])
        return tuple(renamed(item) for item in arg) if isinstance(arg, tuple) else arg

    nodes = []
    for index in order:
        node = graph.nodes[index - 1]
        args = {name: renamed(arg) for name, arg in node.args.items()}
        swaps = node.operation.name in ("add", "mul", "maximum") and args.get("alpha", 1) == 1
        if swaps and chance.random() < 0.5:
            args["input"], args["other"] = args["other"], args["input"]
        nodes.append(replace(node, args=args, line=None))
    return replace(graph, nodes=tuple(nodes), output=Value(became[graph.output.index]))


@pytest.mark.parametrize("path", ZOO, ids=lambda path: path.stem)
def test_the_zoo_keeps_its_numbers_and_has_one_form(path: Path) -> None:
    torch.set_num_threads(1)
    graph = read_answer(entry.main(b'{"net": null}\n' + path.read_bytes())).graph
    one = canonical(graph)
    again = canonical(one)
    assert same(one, again)
    assert list(one.tensors) == list(again.tensors)
    x = torch.randn(8, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    # The form may add in another order: a mean over both axes for a mean of means.
    torch.testing.assert_close(Network(one).eval()(x), Network(graph).eval()(x))
    for seed in range(3):
        other = shuffled(graph, random.Random(seed))
        assert fingerprint.of_network(other) == fingerprint.of_network(graph)


def test_like_branches_are_told_apart_by_what_reads_them() -> None:
    one = "a, b = self.one(x), self.two(x)\nreturn self.head(torch.cat([a + b, a], 1)).mean((2, 3))"
    other = one.replace("a + b", "b + a")
    unlike = one.replace("a], 1", "a - b], 1")
    layers = "".join(f"self.{n} = nn.Conv2d(1, 5, 3)\n" for n in ("one", "two"))
    prints = [fingerprint.of_network(graph_of(how, layers)) for how in (one, other, unlike)]
    assert prints[0] == prints[1]
    assert prints[0] != prints[2]


# ---- any graph -----------------------------------------------------------------------------------


def test_a_graph_that_cannot_run_has_a_hash_too() -> None:
    graph = graph_of(PLAIN)
    broken = [
        replace(node, args={**node.args, "dim": (5,)}) if node.operation.name == "mean" else node
        for node in graph.nodes
    ]
    assert fingerprint.of_network(replace(graph, nodes=tuple(broken)))


def node(name: str, **args: Argument) -> Node:
    return Node(OPERATIONS[name], {a: args[a] for a in OPERATIONS[name].rules})


MOVES = [
    lambda last: node("flip", input=last, dims=(2,)),
    lambda last: node("flip", input=last, dims=(-1, 2)),
    lambda last: node("permute", input=last, dims=(0, 1, 3, 2)),
    lambda last: node("roll", input=last, shifts=(5,), dims=(-2,)),
    lambda last: node("roll", input=last, shifts=(-5, 23), dims=(2, 3)),
    lambda last: node("pixel_unshuffle", input=last, downscale_factor=2),
    lambda last: node("pixel_shuffle", input=last, upscale_factor=2),
    lambda last: node("reshape", input=last, size=("N", 1, 28, 28)),
    lambda last: node("mul", input=last, other=-1.0),
    lambda last: node("mul", input=last, other=0.25),
    lambda last: node("div", input=last, other=0.25),
    lambda last: node("relu", input=last),
    lambda last: node("add", input=last, other=last, alpha=1.0),
    lambda last: node("add", input=last, other=Value(0), alpha=-1.0),
    lambda last: node("slice", input=last, dim=2, start=0, end=28, step=1),
    lambda last: node("pad", input=last, pad=(1, 1, -1, -1), mode="constant", value=0.0),
]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(moves=st.lists(st.sampled_from(range(len(MOVES))), min_size=1, max_size=12))
def test_any_chain_computes_the_same_and_has_one_form(moves: list[int]) -> None:
    nodes = tuple(MOVES[move](Value(at)) for at, move in enumerate(moves))
    graph = Graph(nodes, Value(len(nodes)), {})
    x = torch.randn(2, 1, 28, 28, generator=torch.Generator().manual_seed(0), requires_grad=True)
    try:
        before = Network(graph)(x)
    except RuntimeError:  # a shape that the next operation is not for
        assert canonical(graph).output
        return
    one = canonical(graph)
    after = Network(one)(x)
    assert torch.equal(before, after)
    assert same(one, canonical(one))
    if before.requires_grad:
        grads = [
            torch.autograd.grad(y.square().sum(), x, allow_unused=True)[0] for y in (before, after)
        ]
        torch.testing.assert_close(*(torch.zeros_like(x) if g is None else g for g in grads))


SIDES = st.tuples(st.integers(1, 6), st.integers(1, 6))
BITS = st.integers(0, 7)
STEPS = st.tuples(st.integers(1, 4), st.integers(1, 4))


@settings(max_examples=400, deadline=None, derandomize=True)
@given(
    map_=SIDES, window=SIDES, stride=STEPS, dilation=STEPS, halves=STEPS, flags=st.integers(0, 7)
)
def test_a_window_of_any_size_computes_the_same_in_its_one_form(
    map_: tuple[int, int],
    window: tuple[int, int],
    stride: tuple[int, int],
    dilation: tuple[int, int],
    halves: tuple[int, int],
    flags: int,
) -> None:
    largest, ceil_mode, counted = (bool(flags & bit) for bit in (1, 2, 4))
    padding = tuple(side // (2 * half) for side, half in zip(window, halves, strict=True))
    more: dict[str, Argument] = {"count_include_pad": counted, "divisor_override": None}
    pool = node(
        "max_pool2d" if largest else "avg_pool2d",
        input=Value(2),
        kernel_size=window,
        stride=stride,
        padding=padding,
        **{"ceil_mode": ceil_mode, **({"dilation": dilation} if largest else more)},
    )
    high, wide = map_
    rows = node("slice", input=Value(0), dim=2, start=0, end=high, step=1)
    columns = node("slice", input=Value(1), dim=3, start=0, end=wide, step=1)
    graph = Graph((rows, columns, pool), Value(3), {})
    x = torch.randn(2, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    try:
        before = Network(graph)(x)
    except RuntimeError:  # a window that is larger than its map
        return
    torch.testing.assert_close(Network(canonical(graph))(x), before)


def test_a_thousand_like_branches_take_a_few_seconds() -> None:
    tensors = {f"t{i}": torch.zeros(1) for i in range(1_000)}
    nodes = [node("mul", input=Value(0), other=Stored(name)) for name in tensors]
    left = list(range(1, len(nodes) + 1))
    while len(left) > 1:  # added up in pairs, and those in pairs
        one, two, *left = left
        nodes.append(node("add", input=Value(one), other=Value(two), alpha=1.0))
        left.append(len(nodes))
    start = time.process_time()
    assert len(canonical(Graph(tuple(nodes), Value(len(nodes)), tensors)).nodes) == len(nodes)
    assert time.process_time() - start < 20  # some two, on a quiet machine
