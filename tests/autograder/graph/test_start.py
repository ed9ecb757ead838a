"""The grader draws every start itself: as the student's was drawn, and none of its numbers."""

import math
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from autograder.graph import fingerprint
from autograder.graph.nodes import Graph
from autograder.graph.start import MOST_EXCEPTIONS, describe, initial_weights, structured, unusual
from tests.helpers.networks import graph_of

FORWARD = "return self.head(self.conv(x).relu()).mean((2, 3))"


def deviation(tensor: Tensor) -> float:
    return float(tensor.std())


def test_torchs_own_start_is_drawn_as_torch_draws_it() -> None:
    graph = graph_of(FORWARD, "self.conv = nn.Conv2d(1, 10, 7, stride=4)")
    start = initial_weights(graph, 1)
    for name, inputs in {"conv.weight": 49, "conv.bias": 49, "head.weight": 10}.items():
        assert describe(graph)[name].kind == "uniform"
        assert float(start[name].abs().max()) <= 1 / math.sqrt(inputs)
    assert deviation(start["conv.weight"]) == pytest.approx(1 / math.sqrt(3 * 49), rel=0.1)


def test_the_files_own_random_numbers_have_no_say() -> None:
    first, second = (
        initial_weights(graph_of(FORWARD, f"torch.manual_seed({seed})\nself.reset = None"), 1)
        for seed in (3, 4)
    )
    assert all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize(
    ("init", "kind", "expected"),
    [
        ("nn.init.kaiming_normal_(self.head.weight)", "normal", math.sqrt(2 / 40)),
        ("nn.init.normal_(self.head.weight, std=0.02)", "normal", 0.02),
        ("nn.init.uniform_(self.head.weight, -0.3, 0.3)", "uniform", 0.3 / math.sqrt(3)),
    ],
)
def test_a_scheme_of_the_students_own_is_kept(init: str, kind: str, expected: float) -> None:
    wide = "self.conv = nn.Conv2d(1, 40, 3, stride=4)\nself.head = nn.Conv2d(40, 10, 1)\n"
    graph = graph_of(FORWARD, wide + init)
    assert describe(graph)["head.weight"].kind == kind
    assert deviation(initial_weights(graph, 1)["head.weight"]) == pytest.approx(expected, rel=0.15)


@pytest.mark.parametrize("value", [0.0, 1.0, 0.25, -3.0, 1e-6])
def test_a_constant_stays(value: float) -> None:
    scale = f"self.scale = nn.Parameter(torch.full((10, 1, 1), {value}))"
    graph = graph_of("return (self.conv(x) * self.scale).mean((2, 3))", scale)
    assert initial_weights(graph, 1)["scale"].unique().tolist() == pytest.approx([value])


def test_a_constant_says_no_more_than_two_digits() -> None:
    scale = "self.scale = nn.Parameter(torch.tensor(0.123456))"
    graph = graph_of("return (self.conv(x) * self.scale).mean((2, 3))", scale)
    assert float(initial_weights(graph, 1)["scale"]) == pytest.approx(0.12)


def test_no_number_of_the_file_survives() -> None:
    sorted_back = "self.conv.weight.data = torch.arange(90.0).reshape(10, 1, 3, 3) + 0.5"
    graph = graph_of(FORWARD, sorted_back)
    known = set(graph.tensors["conv.weight"].flatten().tolist())
    assert not known & set(initial_weights(graph, 1)["conv.weight"].flatten().tolist())


def of_scalars(count: int) -> Graph:
    """Return a network with learned scales, each with a value of its own."""
    made = f"self.scales = nn.ParameterList(torch.tensor(i / 7 - 3) for i in range({count}))"
    summed = "x = self.conv(x)\nreturn sum(x[:, :, i % 7] * s for i, s in enumerate(self.scales))"
    return graph_of(f"{summed}.mean(2)", made)


def test_a_few_tensors_may_be_drawn_otherwise_than_their_like() -> None:
    graph = of_scalars(MOST_EXCEPTIONS)
    start = initial_weights(graph, 1)
    told = [float(start[f"scales.{i}"]) for i in range(MOST_EXCEPTIONS)]
    assert told == pytest.approx([i / 7 - 3 for i in range(MOST_EXCEPTIONS)], rel=0.1, abs=0.01)


def test_many_scalars_cannot_carry_what_a_network_learned() -> None:
    graph = of_scalars(100)
    start = initial_weights(graph, 1)
    told = torch.stack([start[f"scales.{i}"] for i in range(100)])
    meant = torch.stack([graph.tensors[f"scales.{i}"] for i in range(100)])
    assert abs(float(torch.corrcoef(torch.stack([told, meant]))[0, 1])) < 0.3


def test_a_seed_gives_the_same_start_again_and_another_seed_another() -> None:
    first, again, other = (initial_weights(graph_of(FORWARD), seed) for seed in (1, 1, 2))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["conv.weight"], other["conv.weight"])


def test_a_start_that_was_written_and_not_drawn_is_named() -> None:
    assert structured(graph_of(FORWARD, "nn.init.dirac_(self.head.weight)")) == ["head.weight"]
    assert structured(graph_of(FORWARD, "nn.init.zeros_(self.head.weight)")) == []


@pytest.mark.parametrize("seed", range(5))
def test_a_known_scheme_is_found_whatever_the_files_random_numbers(seed: int) -> None:
    wide = "self.conv = nn.Conv2d(1, 40, 3, stride=4)\nself.head = nn.Conv2d(40, 10, 1)\n"
    for init in ("kaiming_normal_", "kaiming_uniform_"):
        drawn = f"torch.manual_seed({seed})\nnn.init.{init}(self.head.weight)"
        deviation = describe(graph_of(FORWARD, wide + drawn))["head.weight"].deviation
        assert deviation == pytest.approx(math.sqrt(6))


UNUSUAL = {
    "nn.init.zeros_(self.conv.weight)": [(0, 0.0, 0.0)],
    "nn.init.ones_(self.head.bias)": [(3, 1.0, 0.0)],
    "nn.init.constant_(self.conv.bias, -2.0)": [(1, -2.0, 0.0)],
}


@pytest.mark.parametrize("init", UNUSUAL)
def test_another_start_is_another_training_and_has_another_hash(init: str) -> None:
    plain, graph = graph_of(FORWARD), graph_of(FORWARD, init)
    assert unusual(plain) == []
    assert unusual(graph) == UNUSUAL[init]
    assert fingerprint.of_network(graph) == fingerprint.of_network(plain)
    assert fingerprint.of_submission(graph, None) != fingerprint.of_submission(plain, None)


def test_norms_start_as_torch_starts_them() -> None:
    norm = "self.norm = nn.BatchNorm2d(10)"
    forward = "return self.head(self.norm(self.conv(x)).relu()).mean((2, 3))"
    assert unusual(graph_of(forward, norm)) == []
    assert unusual(graph_of(forward, f"{norm}\nnn.init.zeros_(self.norm.weight)"))


def test_a_weight_without_axes_is_no_crash() -> None:
    graph = graph_of(FORWARD)
    graph = replace(graph, tensors={**graph.tensors, "conv.weight": torch.tensor(0.5)})
    assert fingerprint.of_submission(graph, None)
