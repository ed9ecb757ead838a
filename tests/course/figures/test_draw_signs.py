"""The signs of a training are drawn with their zeros, and told in words."""

import pytest

from course.figures.signs import draw_signs

VALUES = {"before": {"image": 1.0, "1": 0.5}, "after": {"image": 1.0, "1": 0.0}}
GRADIENTS = {"before": {"1": 0.05}, "after": {"1": 0.0}}


@pytest.mark.parametrize("size", [(9, 3.2), (3.6, 7.2)])
def test_loss_values_and_gradients_have_a_panel_each(size):
    figure = draw_signs([2.3, 2.2, float("nan")], VALUES, GRADIENTS, "Patient", size)
    loss, values, gradients = figure.axes
    assert loss.get_ylabel() == "loss"
    for axes in (values, gradients):
        assert [line.get_label() for line in axes.lines] == ["before", "after"]
        assert axes.lines[1].get_ydata()[-1] == 0
        assert axes.get_ylim()[0] == 0
        figure.canvas.draw()
        assert "0" in [label.get_text() for label in axes.get_yticklabels()]
    assert "Loss from 2.30 to nan in 3 steps" in figure.alt
    assert "deviation after: image 1, 1 0" in figure.alt
