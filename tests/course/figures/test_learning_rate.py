"""A schedule is drawn step by step."""

import pytest

from course.figures.curves import draw_learning_rate
from tests.helpers.drawings import NARROW, WIDE, assert_no_text_is_cut_off, texts

FIGURES = {
    "rate": lambda size: draw_learning_rate([0.1 * n / 900 for n in range(900)], 60, size=size),
    "one step": lambda size: draw_learning_rate([0.1], 60, size=size),
    "no steps": lambda size: draw_learning_rate([], 60, size=size),
    "rate of zero": lambda size: draw_learning_rate([0.0, 0.0], 2, size=size),
}


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("name", FIGURES)
def test_draws_without_a_warning_and_no_text_is_cut_off(name, size):
    assert_no_text_is_cut_off(FIGURES[name](size))


def test_learning_rate_draws_every_step():
    figure = draw_learning_rate([0.0, 0.1, 0.4, 0.2, 0.1, 0.05], 2)
    plan, peak = figure.axes[0].lines
    assert list(plan.get_xdata()) == [0, 0.5, 1, 1.5, 2, 2.5]
    assert list(plan.get_ydata()) == [0.0, 0.1, 0.4, 0.2, 0.1, 0.05]
    assert (list(peak.get_xdata()), list(peak.get_ydata())) == ([1], [0.4])
    assert "highest 0.4, at epoch 1.0; last 0.05" in texts(figure)
    assert {"epoch", "learning rate"} <= set(texts(figure))


def test_the_figure_says_in_words_what_it_shows():
    assert "highest" in draw_learning_rate([0.1, 0.2], 2).alt
