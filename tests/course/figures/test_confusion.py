"""A table of what is read as what names the worst pairs first."""

import numpy as np
import pytest
import torch

from course.figures.confusion import draw_confusion


@pytest.mark.parametrize("kind", [torch.tensor, np.array, list])
def test_confusion_counts_what_is_misread_and_names_the_worst_first(kind):
    table = np.diag([10] * 10)
    table[4, 9], table[3, 5] = 3, 1
    figure = draw_confusion(kind(table.tolist()))
    assert figure.alt.endswith(": 4 of 104 misread; 4 as 9 3 times, 3 as 5 once.")
    written = [text.get_text() for text in figure.axes[0].texts]
    assert sorted(word for word in written if word != "✓") == ["1", "3"]
    assert written.count("✓") == 10


def test_nothing_misread_is_a_figure_too():
    assert draw_confusion(np.diag([1] * 10)).alt.endswith("0 of 10 misread; none.")
