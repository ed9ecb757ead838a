"""Everything a file fixes counts: what it stores, and what it writes into its operations."""

import random

import pytest

from autograder.graph.nodes import Graph
from autograder.graph.size import count, size_of
from tests.helpers.networks import graph_of


def of(forward: str) -> Graph:
    return graph_of(f"x = self.head(self.conv(x))\n{forward}\nreturn x.mean((2, 3))")


def test_an_honest_network_counts_what_it_stores() -> None:
    size = size_of(of("x = F.relu(F.pad(x, (1, 1, 1, 1))).roll((1, -1), (2, 3)) * 0.5 + 1"))
    assert (size.stored, size.written) == (210, 0)


@pytest.mark.parametrize(
    ("times", "line"),  # as often as it takes, and no more: torch takes 10 ms for an operation
    [
        (120, "x = x + x.roll(({0}, {1}), (2, 3)).sin()"),
        (60, "x = F.pad(x, ({0}, 0, {1}, 0))[:, :, :7, :7].sin() * 0.{2}"),
        (300, "x = x + {0}.{1}"),
        (165, "x = torch.cat([x[:, :, {0} % 7 :], x[:, :, : {0} % 7]], 2).flip({1} % 2 + 2)"),
    ],
)
def test_numbers_written_into_operations_count_whole_ones_and_repeated_ones_too(
    times: int, line: str
) -> None:
    choices = random.Random(0)
    lines = [line.format(*(choices.randrange(1, 7) for _ in range(3))) for _ in range(times)]
    assert size_of(of("\n".join(lines))).written > 50


def test_the_same_operation_again_and_again_tells_nothing() -> None:
    assert count(of("\n".join(["x = F.relu(x * 0.5 + 0.1)"] * 200))) == 210


def test_which_operation_comes_next_counts_where_it_spells_something() -> None:
    choices = random.Random(0)
    spelled = "\n".join(f"x = x.{choices.choice(['sin', 'cos', 'tanh'])}()" for _ in range(1000))
    assert size_of(of(spelled)).written > 50
