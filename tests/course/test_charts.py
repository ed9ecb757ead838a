import numpy as np
import pytest
import torch

from course.figures import charts


def test_lines_say_what_they_show():
    figure = charts.lines({"constant": [3, 1], "decaying": [2, 4]}, "epoch", "digits", "Two plans")
    assert figure.alt == "Two plans, digits against epoch. constant: 3, 1; decaying: 2, 4."
    drawn = figure.axes[0].lines
    assert [list(line.get_xdata()) for line in drawn] == [[1, 2], [1, 2]]
    assert len({(line.get_linestyle(), line.get_marker()) for line in drawn}) == 2


def test_a_long_line_is_summed_up_and_has_no_markers():
    figure = charts.lines({"best": list(range(100))}, "tries", "score", first=0)
    assert "100 values from 0 to 99, between 0 and 99" in figure.alt
    assert figure.axes[0].lines[0].get_marker() == ""
    assert figure.axes[0].lines[0].get_xdata()[0] == 0


def test_lines_of_no_values_and_too_many_lines():
    assert "no values" in charts.lines({"a": []}, "x", "y").alt
    assert "Nothing to draw" in charts.lines({}, "x", "y").alt
    with pytest.raises(ValueError, match="at most 4 lines, found 5"):
        charts.lines({name: [1] for name in "abcde"}, "x", "y")


@pytest.mark.parametrize("kind", [torch.tensor, np.array, list])
def test_confusion_counts_what_is_misread_and_names_the_worst_first(kind):
    table = np.diag([10] * 10)
    table[4, 9], table[3, 5] = 3, 1
    figure = charts.confusion(kind(table.tolist()))
    assert figure.alt.endswith(": 4 of 104 misread; 4 as 9 3 times, 3 as 5 once.")
    written = [text.get_text() for text in figure.axes[0].texts]
    assert sorted(word for word in written if word != "✓") == ["1", "3"]
    assert written.count("✓") == 10


def test_nothing_misread_is_a_figure_too():
    assert charts.confusion(np.diag([1] * 10)).alt.endswith("0 of 10 misread; none.")
