"""Where learned numbers work is measured: a dense layer is known by what it does."""

from dataclasses import replace

import pytest
import torch

from autograder.checks.labels import Dense
from autograder.checks.places import again
from autograder.checks.places.added import is_learned_map
from autograder.checks.places.again import Measured
from autograder.checks.places.measure import Places, measure
from autograder.checks.places.tally import A_ROW
from tests.helpers.networks import graph_of

EVERYWHERE = "return self.head(F.relu(self.conv(x))).mean((2, 3))"


def places(forward: str, init: str = "pass") -> Places:
    return measure(graph_of(forward, init))


def test_a_convolutions_numbers_work_at_most_places() -> None:
    found = places(EVERYWHERE)
    assert found.clear
    assert min(found.shares.values()) > 0.8


ONE_HOT = """one = x.mean((2, 3), keepdim=True) * 0 + 1
x = F.relu(self.conv(x))
places = [F.pad(one, (i, 6 - i, j, 6 - j)) for i in range(7) for j in range(7)]
x = torch.cat([(x * place).sum((2, 3), keepdim=True) for place in places], 1)
return self.dense(x).flatten(1)"""
MASKED = """one = x.mean((2, 3), keepdim=True) * 0 + 1e4
x = F.relu(self.conv(x))
masks = [F.pad(one, (i, 6 - i, i, 6 - i)) - 1e4 for i in range(7)]
x = torch.cat([F.relu(x + mask).amax((2, 3), keepdim=True) for mask in masks], 1)
return self.dense(x).flatten(1)"""
WAVES = """x = F.relu(self.conv(x))
low = x.mean((1, 2, 3), keepdim=True) * 0
ends = torch.cat([low, low + 3], 3)
ramp = F.interpolate(ends, (7, 7), mode="bilinear", align_corners=True)
waves = [(ramp * i).cos() * (ramp.transpose(2, 3) * j).cos() for i in range(5) for j in range(5)]
x = torch.cat([(x * wave).sum((2, 3), keepdim=True) for wave in waves], 1)
return self.dense(x).flatten(1)"""


@pytest.mark.parametrize(
    ("forward", "inputs"),
    [(ONE_HOT, 490), (MASKED, 70), (WAVES, 250)],
    ids=["pads", "masks", "waves"],
)
def test_a_dense_layer_is_found_however_its_places_are_fetched(forward: str, inputs: int) -> None:
    found = places(forward, f"self.dense = nn.Conv2d({inputs}, 10, 1)")
    assert found.dense
    assert not found.clear


def test_the_line_is_the_one_where_the_numbers_enter() -> None:
    [first, *_] = places(ONE_HOT, "self.dense = nn.Conv2d(490, 10, 1)").dense
    assert first.node.operation.name == "conv2d"
    assert first.node.line is not None
    assert "4,900 learned numbers" in first.why


def test_numbers_that_are_added_place_by_place_are_found() -> None:
    drawn = "self.draw = nn.Conv2d(1, 10, 7, bias=False)"
    one = "one = F.pad(x.mean((2, 3), keepdim=True), (6, 6, 6, 6))\n"
    added = f"{one}x = F.relu(self.conv(x) + self.draw(one))\nreturn self.head(x).mean((2, 3))"
    assert any("adds 490" in dense.why for dense in places(added, drawn).dense)


def test_two_ramps_beside_the_image_are_fair() -> None:
    ramp = """low = x.mean((2, 3), keepdim=True) * 0
ends = torch.cat([low - 1, low + 1], 3)
ramp = F.interpolate(ends, (28, 28), mode="bilinear", align_corners=True)
x = self.coord(torch.cat([x, ramp, ramp.transpose(2, 3)], 1))
return self.head(F.relu(x)).mean((2, 3))"""
    assert not places(ramp, "self.coord = nn.Conv2d(3, 10, 3, stride=2)").dense


def test_what_batch_norm_keeps_of_single_places_is_counted() -> None:
    flat = "x = self.norm(x.flatten(1)).reshape(-1, 1, 28, 28)\n"
    found = places(flat + EVERYWHERE, "self.norm = nn.BatchNorm1d(784, affine=False)")
    assert found.statistics == 2 * 21**2  # a mean and a variance for each pixel that is looked at
    honest = places("return self.norm(self.conv(x)).mean((2, 3))", "self.norm = nn.BatchNorm2d(10)")
    assert honest.statistics == 0


def test_batch_norms_that_all_see_the_middle_of_the_image_keep_nothing_of_single_places() -> None:
    # Ten kernels without padding leave 8x8 values, which hardly see the border of the image.
    found = places(
        "return self.deep(x).mean((2, 3))",
        "self.deep = nn.Sequential(*(layer for n in range(10)"
        " for layer in (nn.Conv2d(10 if n else 1, 10, 3), nn.BatchNorm2d(10))))",
    )
    assert min(found.shares.values()) < A_ROW
    assert found.statistics == 0


WHOLE = "self.whole = nn.Conv2d(10, 10, 7)"


@pytest.mark.parametrize(
    ("line", "init"),
    [
        ("self.whole(x)", WHOLE),
        ("self.whole(F.pad(x, (1, 1, 1, 1)))", WHOLE),
        ("self.whole(x)", "self.whole = nn.Conv2d(10, 10, 4, dilation=2)"),
        ("self.whole(x)", "self.whole = nn.ConvTranspose2d(10, 10, 7, padding=6)"),
        (
            "self.rows(self.whole(x))",
            "self.whole = nn.Conv2d(10, 10, (7, 1))\nself.rows = nn.Conv2d(10, 10, (1, 7))",
        ),
        (
            "self.whole(x[:, :, :4]) + self.lower(x[:, :, 4:])",
            "self.whole = nn.Conv2d(10, 10, (4, 7))\nself.lower = nn.Conv2d(10, 10, (3, 7))",
        ),
    ],
    ids=["plain", "padded", "dilated", "transposed", "columns then rows", "two halves"],
)
def test_a_kernel_that_covers_its_map_is_named_however_it_is_reached(line: str, init: str) -> None:
    found = places(f"x = F.relu(self.conv(x))\nreturn ({line}).mean((2, 3))", init)
    assert found.kernels
    assert {kernel.kind for kernel in found.kernels} == {"whole map"}


@pytest.mark.parametrize("kernel", ["3", "5", "3, padding=1", "3, padding=2, dilation=2"])
def test_a_kernel_with_room_to_slide_is_not_named(kernel: str) -> None:
    init = f"self.more = nn.Conv2d(10, 10, {kernel})"
    assert not places("return self.more(F.relu(self.conv(x))).mean((2, 3))", init).kernels


def test_the_measure_is_the_same_every_time() -> None:
    assert places(EVERYWHERE).shares == places(EVERYWHERE).shares


def test_a_network_of_many_numbers_is_followed_in_coarser_blocks() -> None:
    wide = "self.wide = nn.Conv2d(1, 250, 3, stride=4)\n"
    hidden = ONE_HOT.replace("self.conv", "self.wide")
    assert places(hidden, f"{wide}self.dense = nn.Conv2d(12250, 10, 1)").dense
    fair = "return self.dense(F.relu(self.wide(x)).mean((2, 3), keepdim=True)).flatten(1)"
    assert places(fair, f"{wide}self.dense = nn.Conv2d(250, 10, 1)").clear


def test_a_network_whose_lines_have_moved_is_not_measured_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    measured, calls = Measured(), []
    monkeypatch.setattr(again, "measure", lambda graph: calls.append(graph) or measure(graph))

    def kernels(init: str) -> list[Dense]:
        torch.manual_seed(0)  # as in a jailed child, where a start is always the same
        return measured(
            graph_of("return self.whole(F.relu(self.conv(x))).mean((2, 3))", init)
        ).kernels

    [one], [other] = kernels(WHOLE), kernels(f"# a line more\n{WHOLE}")
    assert len(calls) == 1
    assert one.node.line is not None
    assert other.node.line == one.node.line + 1
    assert replace(other, node=one.node) == one
    assert kernels(WHOLE.replace("7", "6")) == []
    assert len(calls) == 2


def test_a_map_that_is_computed_of_numbers_alone_is_found_where_it_is_added() -> None:
    init = "self.map = nn.Parameter(torch.randn(1, 10, 7, 7))"
    found = places("x = self.conv(x) + self.map.tanh()\nreturn self.head(x).mean((2, 3))", init)
    assert "it adds 490 learned numbers" in " ".join(one.why for one in found.dense)


def test_a_kernel_that_is_computed_of_numbers_alone_is_no_map() -> None:
    init = "self.kernel = nn.Parameter(torch.randn(1, 10, 5, 5))"
    line = "x = F.conv2d(self.conv(x), self.kernel.tanh() * self.kernel)"
    found = places(f"{line}\nreturn x.mean((2, 3)).expand(-1, 10)", init)
    assert found.dense == []


def test_a_tanh_that_has_saturated_is_no_map_of_learned_numbers() -> None:
    saturated = torch.ones(2, 10, 7, 7)
    saturated[0, 0, 0, 0] = saturated[1, 3, 3, 3] = 0.9999
    learned = torch.rand(10, 7, 7).expand(2, 10, 7, 7) * torch.tensor([1.0, -2.0]).view(2, 1, 1, 1)
    assert not is_learned_map(saturated.requires_grad_())
    assert is_learned_map(learned.requires_grad_())
