"""The figures of places say which layer works at one place, and leave room for every word."""

import math

import pytest

from course.figures.places import ONE_PLACE, draw_places, draw_shares
from tests.helpers.drawings import NARROW, WIDE, assert_no_text_is_cut_off, texts

FAIR = {"conv1": 0.9, "conv2": 0.4, "head": 1.0}
TIED = {"conv1": 0.9, "head": 0.02}
GROUPS = {"fair": ([0.32, 0.35, 1.0], []), "tied": ([0.5], [0.02, 0.03, 0.9])}
FIGURES = {
    "two networks": lambda size: draw_places({"fair": FAIR, "tied": TIED}, width=size[0]),
    "one network": lambda size: draw_places({"fair": FAIR}, width=size[0]),
    "many networks": lambda size: draw_shares(GROUPS, width=size[0]),
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


def test_bars_count_the_networks_at_each_share_and_part_at_one_place():
    figure = draw_shares(GROUPS)
    fair, tied = figure.axes
    bars = [bar for bar in tied.patches if bar.get_height()]
    refused = [bar for bar in bars if bar.get_hatch()]
    assert (len(bars), len(refused)) == (4, 3)
    assert [text.get_text() for text in fair.texts] == ["2", "1"]
    narrow = [b for b in bars if math.isclose(b.get_x() + b.get_width(), ONE_PLACE)]
    assert narrow == []
    assert any(math.isclose(b.get_x() + b.get_width(), ONE_PLACE) for b in tied.patches)
    assert "fair: 3 allowed, from 32% to 100%; tied: 1 allowed" in figure.alt
    assert "and 3 refused, from 2% to 90%" in figure.alt
