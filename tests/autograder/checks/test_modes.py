"""What is trained is what is tested: no layer may tell the one from the other."""

import pytest

from autograder.checks.modes import one_network
from autograder.graph.arguments import Refused
from tests.helpers.networks import graph_of

END = "\nreturn self.head(x).mean((2, 3))"
OTHER = "\nreturn (self.head(x) + 9 * on * self.more(x.exp())).mean((2, 3))"


def judged(forward: str, init: str = "pass") -> None:
    one_network(graph_of(f"x = F.relu(self.conv(x))\n{forward}", init))


@pytest.mark.parametrize(
    "line",
    [
        "pass",
        "x = F.dropout(x, 0.5, self.training)",
        "x = F.dropout2d(x, 0.25, self.training)",
        "x = self.norm(x)",
        "x = F.dropout(self.norm(x).relu(), 0.1, self.training)",
    ],
)
def test_ordinary_dropout_and_batch_norm_pass(line: str) -> None:
    judged(line + END, "self.norm = nn.BatchNorm2d(10)")


@pytest.mark.parametrize("p", [1.0, 0.99999, 0.95])
def test_dropout_of_nearly_everything_is_refused(p: float) -> None:
    with pytest.raises(Refused, match=r"dropout of at most 0\.9"):
        judged(f"x = x + F.dropout(x.exp(), {p}, self.training){END}")


@pytest.mark.parametrize("momentum", [0.0, 1e-9])
def test_statistics_that_never_arrive_are_refused(momentum: float) -> None:
    with pytest.raises(Refused, match="momentum of at least"):
        judged(f"x = self.norm(x){END}", f"self.norm = nn.BatchNorm2d(10, momentum={momentum})")


def test_dropout_of_what_no_image_changes_is_refused() -> None:
    switch = "on = 1 - (F.dropout(x[:, :1] * 0 + 1, 0.5, self.training) - 1).abs()"
    with pytest.raises(Refused, match="no image changes"):
        judged(switch + OTHER, "self.more = nn.Conv2d(10, 10, 1)")


def test_two_momenta_for_the_same_features_are_refused() -> None:
    norms = "self.a = nn.BatchNorm2d(10)\nself.b = nn.BatchNorm2d(10, momentum=0.5)"
    with pytest.raises(Refused, match="one momentum"):
        judged(f"x = x + self.a(x) - self.b(x){END}", norms)


def test_a_switch_out_of_ordinary_layers_is_measured() -> None:
    coin = "y = x + 1\nz = F.dropout(y, 0.5, self.training) / y"
    switch = f"{coin}\non = 1 - (z - 1).abs()"
    with pytest.raises(Refused, match="answers otherwise in evaluation"):
        judged(switch + OTHER, "self.more = nn.Conv2d(10, 10, 1)")
