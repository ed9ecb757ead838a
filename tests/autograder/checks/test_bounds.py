"""What a forged graph would compute is bounded on shapes, before anything runs with numbers."""

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from autograder.capture.entry import capture
from autograder.checks.bounds import MOST_MULTIPLY_ADDS, bounds, einsum_cost
from autograder.graph.arguments import Argument, Refused, Stored, Value
from autograder.graph.network import Call, Network
from autograder.graph.nodes import Graph, Node
from autograder.graph.operations import OPERATIONS

SOLUTIONS = Path(__file__).parents[3] / "solutions"
AT_ONCE = 3.0  # seconds of work, for any graph at all


def node(name: str, **args: Argument) -> Node:
    return Node(OPERATIONS[name], args, 3)


def graph(*nodes: Node, **tensors: torch.Tensor) -> Graph:
    return Graph(nodes, Value(len(nodes)), tensors)


def conv(value: int, weight: str, padding: int = 0) -> Node:
    return node(
        "conv2d",
        input=Value(value),
        weight=Stored(weight),
        bias=None,
        stride=(1, 1),
        padding=(padding, padding),
        dilation=(1, 1),
        groups=1,
    )


def resize(value: int) -> Node:
    return node("upsample_nearest2d", input=Value(value), output_size=(64, 64))


def pool(value: int) -> Node:
    return node(
        "max_pool2d",
        input=Value(value),
        kernel_size=(32, 32),
        stride=(1, 1),
        padding=(16, 16),
        dilation=(1, 1),
        ceil_mode=False,
    )


def einsum(equation: str, *values: int) -> Node:
    return node("einsum", equation=equation, tensors=tuple(Value(value) for value in values))


def expand(value: int | str, *size: int | str) -> Node:
    source = Value(value) if isinstance(value, int) else Stored(value)
    return node("expand", input=source, size=size)


WIDE = {"first": torch.zeros(60, 1, 1, 1), "wide": torch.zeros(60, 60, 31, 31)}
BOMBS = {
    # 300 times 60 x 60 channels, kernels of 31 x 31: 0.8 T multiply-adds
    "multiply-adds": (
        graph(conv(0, "first"), *(conv(i, "wide", 15) for i in range(1, 300)), **WIDE),
        "too slow",
    ),
    "pools": (graph(resize(0), *(pool(i) for i in range(1, 500))), "too slow"),
    # In between torch holds every pair of positions of two maps: 64 to the fourth, for each image.
    "einsum": (graph(resize(0), einsum("ncij,nckl,ncij,nckl->nc", 1, 1, 1, 1)), "too large"),
    "matmul": (
        graph(
            expand(0, "N", 64, 28, 28),
            node("reshape", input=Value(1), size=("N", 1, 1792, 28)),
            node("reshape", input=Value(1), size=("N", 64, 28, 28)),
            expand(3, "N", 64, 28, 28),
            node("select", input=Value(4), dim=3, index=0),
            node("unsqueeze", input=Value(5), dim=3),
            *(node("matmul", input=Value(2), other=Value(6)) for _ in range(3)),
        ),
        "too large",
    ),
    "cat": (graph(*(node("cat", tensors=(Value(i),) * 64, dim=1) for i in range(6))), "too large"),
    "expand": (graph(expand(0, "N", 2**20, 28, 28)), "too large"),
    "expand of a stored number": (
        graph(expand("one", 2**20, 2**20), one=torch.ones(1, 1)),
        "too large",
    ),
    "more than can be counted": (
        graph(expand("one", *[2**20] * 6), one=torch.ones([1] * 6)),
        "cannot run",
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_forged_graph_is_refused_at_once(name: str) -> None:
    bomb, why = BOMBS[name]
    begun = time.thread_time()
    with pytest.raises(Refused, match=f"line 3: .*{why}"):
        bounds(bomb)
    assert time.thread_time() - begun < AT_ONCE


def test_a_convolution_costs_its_kernel_at_every_position() -> None:
    work = bounds(graph(conv(0, "k"), k=torch.zeros(10, 1, 5, 5)))
    assert work.multiply_adds == 10 * 25 * 24 * 24
    assert work.between == 0


class Watched(Network):
    """Counts the numbers that exist at the same time."""

    most = made = 0

    def value(self, call: Call, values: Mapping[int, torch.Tensor]) -> torch.Tensor:
        value = super().value(call, values)
        self.made += value.numel()
        self.most = max(self.most, value.numel() + sum(kept.numel() for kept in values.values()))
        return value


@pytest.mark.parametrize("name", ["under_8k", "upright", "frontier/under_1250_four_sides"])
def test_a_test_keeps_what_is_still_to_be_read(name: str) -> None:
    captured = capture((SOLUTIONS / name / "model.py").read_bytes()).graph
    network = Watched(captured).eval()
    with torch.no_grad():
        network(torch.zeros(20, 1, 28, 28))
    at_once = bounds(captured).at_once
    assert 20 * at_once == pytest.approx(network.most, rel=0.01)
    assert 3 * at_once < network.made / 20  # most values are gone by then


def test_a_largest_value_is_kept_with_its_place() -> None:
    value = 29 * 29
    work = bounds(graph(pool(0)))
    assert (work.between, work.at_once) == (2 * value, 28 * 28 + 3 * value)


def test_what_no_image_goes_into_is_there_once() -> None:
    kernel = node("mul", input=Stored("k"), other=Stored("k"))
    twice = replace(conv(0, "k"), args={**conv(0, "k").args, "weight": Value(1)})
    work = bounds(graph(kernel, twice, k=torch.zeros(10, 1, 5, 5)))
    assert work.stored == 10 * 25
    assert work.values == 10 * 24 * 24
    assert work.at_once == 28 * 28 + 10 * 24 * 24


def test_the_stock_network_is_far_from_the_bound() -> None:
    stock = 160_000_000  # multiply-adds for an image
    assert 5 * stock < MOST_MULTIPLY_ADDS


@pytest.mark.parametrize(
    ("equation", "shapes", "multiply_adds", "between"),
    [
        ("nchw,oc->nohw", [(7, 3, 4, 4), (5, 3)], 7 * 3 * 16 * 5, 0),
        ("nchw,oc", [(7, 3, 4, 4), (5, 3)], 7 * 3 * 16 * 5, 0),  # the same, without an arrow
        ("nchw,nchw->nc", [(7, 3, 4, 4)] * 2, 7 * 3 * 16, 0),
        # h and w of the first are summed before it meets the second
        ("nchw,ncij->nc", [(7, 3, 4, 4)] * 2, 7 * 3, 0),
        ("nij,nkl,nij,nkl->n", [(7, 4, 4)] * 4, 7 * (2 * 4**4 + 4**2), 7 * (4**4 + 4**2)),
    ],
)
def test_an_einsum_costs_what_its_pairs_cost(
    equation: str, shapes: list[tuple[int, ...]], multiply_adds: int, between: int
) -> None:
    work = einsum_cost(equation, shapes)
    assert (work.multiply_adds, work.between) == (multiply_adds, between)
