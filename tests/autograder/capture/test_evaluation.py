"""A network is recorded in evaluation only where its answers there are not those of its graph."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from autograder.capture import entry
from autograder.graph.answer import read_answer
from autograder.problem import Problem
from tests.helpers.networks import source

MAKES = """
self.conv = nn.Conv2d(1, 10, 3)
self.norm = nn.BatchNorm2d(10)
self.drop = nn.Dropout(0.5)
"""


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """List for each record of a network whether it was training."""
    entry.prepare()  # records one of its own
    modes: list[bool] = []
    export: Callable[[nn.Module], torch.export.ExportedProgram] = entry.export

    def noting(network: nn.Module) -> torch.export.ExportedProgram:
        modes.append(network.training)
        return export(network)

    monkeypatch.setattr(entry, "export", noting)
    return modes


def check(forward: str, makes: str = MAKES) -> None:
    """Capture a network of one kernel, one norm and dropout."""
    read_answer(entry.main(b'{"net": null}\n' + source(forward, makes)))


def test_what_dropout_and_batch_norm_do_needs_no_second_record(recorded: list[bool]) -> None:
    check("return self.drop(self.norm(self.conv(x))).mean((2, 3))")
    assert recorded == [True]


def test_a_norm_with_two_names_needs_none_either(recorded: list[bool]) -> None:
    check(
        "return self.again(self.norm(self.conv(x))).mean((2, 3))", f"{MAKES}self.again = self.norm"
    )
    assert recorded == [True]


def test_scores_of_another_kind_are_looked_at(recorded: list[bool]) -> None:
    check(
        "x = self.norm(self.conv(x)).mean((2, 3))\n"
        "return x if self.training else F.log_softmax(x, 1)"
    )
    assert recorded == [True, False]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("x = x.clamp(-8, 8)", id="a limit that only a bright image reaches"),
        pytest.param("x = x * 1.0001", id="a little more"),
        pytest.param("x = self.norm(x)", id="a norm, twice"),
        pytest.param("raise ValueError('no')", id="an error"),
        pytest.param("return x.mean((2, 3)).double()", id="other numbers"),
        pytest.param("return None", id="nothing"),
    ],
)
def test_what_differs_in_evaluation_is_refused(change: str, recorded: list[bool]) -> None:
    with pytest.raises(Problem):
        check(f"x = self.conv(x)\nif not self.training:\n    {change}\nreturn x.mean((2, 3))")
    assert recorded == [True, False]
