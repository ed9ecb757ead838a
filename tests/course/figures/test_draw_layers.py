"""The bars of a network's layers mark the largest and leave room for every count."""

import pytest

from course.figures.layers import draw_layers
from course.rows import Ledger, Row
from tests.helpers.drawings import NARROW, WIDE, assert_no_text_is_cut_off, book, boxes, texts

FIGURES = {
    "bars": lambda size: draw_layers(book(80, 1168, 0, 4640), width=size[0]),
    "stock bars": lambda size: draw_layers(book(320, 4_719_616), width=size[0]),
    "long names": lambda size: draw_layers(
        book(80, 1, name="features.stage.0.branch.conv" * 3), width=9
    ),
    "empty bars": lambda size: draw_layers(book(), width=size[0]),
}


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("name", FIGURES)
def test_draws_without_a_warning_and_no_text_is_cut_off(name, size):
    assert_no_text_is_cut_off(FIGURES[name](size))


def test_bars_mark_the_largest_layer():
    figure = draw_layers(book(80, 1168, 0, 4640, 2))
    (axes,) = figure.axes
    assert [bar.get_width() for bar in axes.patches] == [80, 1168, 0, 4640, 2]
    assert [bool(bar.get_hatch()) for bar in axes.patches] == [False, False, False, True, False]
    assert len({bar.get_facecolor() for bar in axes.patches}) == 2
    shown = texts(figure)
    for text in (
        " 80 (1%)",
        " 1,168 (20%)",
        " shared",
        " 4,640 (79%)",
        " 2 (<1%)",
        "block3   conv2d 3x3",
    ):
        assert text in shown
    assert "Where 5,890 parameters go" in shown
    top, bottom = (axes.transData.transform((0, place))[1] for place in (0, 3))
    assert top > bottom  # in the order they run


@pytest.mark.parametrize("width", [4.5, 7.5, 10])
def test_bars_leave_room_for_their_counts(width):
    figure = draw_layers(book(80, 4_719_616), width=width)
    (axes,) = figure.axes
    figure.draw_without_rendering()
    assert all(box.x1 < axes.bbox.x1 for box in boxes(figure, axes.texts))


def test_bars_shorten_long_names_from_the_front():
    (axes,) = draw_layers(book(80, name="stage.branch." * 5), width=7.5).axes
    (name,) = [text.get_text() for text in axes.get_yticklabels()]
    assert name == "…" + ("stage.branch." * 5 + "0")[-29:] + "   conv2d 3x3"


def test_bars_leave_out_what_stores_nothing():
    pool = Row("max_pool2d", "max_pool2d 2x2", (8, 13, 13), 0, False, 4, 2, 0)
    figure = draw_layers(Ledger((*book(80).rows, pool), 4, 0))
    assert len(figure.axes[0].patches) == 1


def test_the_figure_says_in_words_what_it_shows():
    assert "The most is in" in draw_layers(book(5, 100, 20)).alt
