"""Bars and lines to compare differ in more than colour, and say what they show."""

import pytest

from course.figures.compare import draw_comparison, draw_lines


def test_bars_side_by_side_differ_in_more_than_colour():
    figure = draw_comparison({"before": [1, 2], "after": [2, 1]}, "ab", "x", "y", "Title")
    first, second = (bars[0].get_hatch() for bars in figure.axes[0].containers)
    assert first != second
    assert "before: 1, 2; after: 2, 1" in figure.alt


def test_lines_say_what_they_show():
    figure = draw_lines({"constant": [3, 1], "decaying": [2, 4]}, "epoch", "digits", "Two plans")
    assert figure.alt == "Two plans, digits against epoch. constant: 3, 1; decaying: 2, 4."
    drawn = figure.axes[0].lines
    assert [list(line.get_xdata()) for line in drawn] == [[1, 2], [1, 2]]
    assert len({(line.get_linestyle(), line.get_marker()) for line in drawn}) == 2


def test_a_long_line_is_summed_up_and_has_no_markers():
    figure = draw_lines({"best": list(range(100))}, "tries", "score", first=0)
    assert figure.axes[0].lines[0].get_linestyle() == "-"
    assert "100 values from 0 to 99, between 0 and 99" in figure.alt
    assert figure.axes[0].lines[0].get_marker() == ""
    assert figure.axes[0].lines[0].get_xdata()[0] == 0


def test_lines_of_no_values_and_too_many_lines():
    assert "no values" in draw_lines({"a": []}, "x", "y").alt
    assert "Nothing to draw" in draw_lines({}, "x", "y").alt
    with pytest.raises(ValueError, match="at most 4 lines, found 5"):
        draw_lines({name: [1] for name in "abcde"}, "x", "y")
