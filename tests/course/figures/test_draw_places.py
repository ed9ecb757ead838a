"""The figures of places say which layer works at one place, and leave room for every word."""

import pytest

from course.figures.places import draw_places, draw_shares
from tests.helpers.drawings import NARROW, WIDE, assert_no_text_is_cut_off, texts

FAIR = {"conv1": 0.9, "conv2": 0.4, "head": 1.0}
TIED = {"conv1": 0.9, "head": 0.02}
FIGURES = {
    "two networks": lambda size: draw_places({"fair": FAIR, "tied": TIED}, width=size[0]),
    "one network": lambda size: draw_places({"fair": FAIR}, width=size[0]),
    "many networks": lambda size: draw_shares(
        {"fair": [0.3, 0.5, 0.9], "tied": [0.02, 0.03]}, width=size[0]
    ),
}


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("name", FIGURES)
def test_draws_without_a_warning_and_no_text_is_cut_off(name, size):
    assert_no_text_is_cut_off(FIGURES[name](size))


def test_a_layer_at_one_place_is_marked_and_told():
    figure = draw_places({"fair": FAIR, "tied": TIED})
    fair, tied = figure.axes
    assert not any(bar.get_hatch() for bar in fair.patches)
    assert [bool(bar.get_hatch()) for bar in tied.patches] == [False, True]
    assert " 2%, about 1 of 49" in texts(figure)
    assert "tied: conv1 90%, head 2%" in figure.alt


def test_each_network_is_a_mark_and_the_text_says_from_where_to_where():
    figure = draw_shares({"fair": [0.3, 0.5, 0.9], "tied": [0.02, 0.03]})
    [axes] = figure.axes
    assert [len(marks.get_offsets()) for marks in axes.collections] == [3, 2]
    assert "tied: 0.02 to 0.03 in 2 networks" in figure.alt
