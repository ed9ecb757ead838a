"""The drawn squares are what torch's own gradients say a value depends on."""

import pytest
import torch
from matplotlib.patches import Rectangle
from torch import nn

from course.figures.images.fields import Field, draw_fields, middles
from course.ledger import ledger

STEP_3 = [(3, 1, 1), (3, 1, 1), (2, 2, 0), (3, 1, 1), (3, 1, 1), (2, 2, 0), (3, 1, 0)]
OTHERS = [[(5, 2, 2), (3, 1, 0)], [(1, 1, 0)], [(2, 2, 0)] * 3, [(3, 1, 0)] * 7, STEP_3]


def built(windows) -> nn.Sequential:
    layers = [nn.Conv2d(1, 1, kernel, stride, padding) for kernel, stride, padding in windows]
    for layer in layers:
        nn.init.ones_(layer.weight)
    return nn.Sequential(*layers)


@pytest.mark.parametrize("windows", OTHERS)
def test_a_field_is_where_the_middle_value_has_a_gradient(windows):
    image = torch.zeros(1, 1, 28, 28, requires_grad=True)
    out = built(windows)(image)
    middle = out.shape[2] // 2
    out[0, 0, middle, middle].backward()
    rows = (image.grad[0, 0].abs().sum(1) > 0).nonzero().flatten()
    field = middles(windows)[-1]
    assert field.side == out.shape[2]
    assert field.within(28) == (int(rows.min()), int(rows.max()) + 1)


@pytest.mark.parametrize("windows", OTHERS)
def test_the_ledger_says_the_same(windows):
    rows = ledger(built(windows)).rows
    fields = middles(windows)
    assert [row.shape[1] for row in rows] == [field.side for field in fields]
    assert [row.receptive_field for row in rows] == [min(28, field.sees) for field in fields]


def test_a_figure_names_and_frames_each_layer():
    names = [f"layer {n}" for n in range(7)]
    figure = draw_fields(torch.rand(28, 28), STEP_3, names, "Growing")
    (axes,) = figure.axes
    squares = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    assert len(squares) == 2 * len(names)  # the image's, and what is seen
    assert [text.get_text().split(" (")[0] for text in axes.texts] == names
    assert figure.alt == (
        "Growing: rows of the image that one value sees: layer 0 3, layer 1 5, layer 2 6, "
        "layer 3 10, layer 4 14, layer 5 16, layer 6 24."
    )


def test_what_is_not_seen_is_faded():
    figure = draw_fields(torch.full((28, 28), 255), [(3, 1, 0)], ["conv"])
    shown = figure.axes[0].images[0].get_array()
    assert int((shown == 255).sum()) == 9


def test_no_layer_is_a_figure_too():
    assert "no layer" in draw_fields(torch.rand(1, 28, 28), [], []).alt


def test_a_window_larger_than_its_map_is_refused():
    assert middles([(28, 1, 0)]) == [Field(1, 0, 28)]
    with pytest.raises(ValueError, match="window of 3"):
        middles([(28, 1, 0), (3, 1, 0)])
