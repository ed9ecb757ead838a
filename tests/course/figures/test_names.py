"""Names beside points cover no point, no line and no other name."""

from itertools import combinations

import pytest
from matplotlib.text import Annotation

from course.figures.frontier import draw_frontier
from tests.helpers.drawings import NARROW, WIDE, boxes, entries


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("count", [7, 60])
def test_names_cover_no_point_and_no_other_name(count, size):
    points = entries(count)
    figure = draw_frontier(points, highlight="student-03", size=size)
    (axes,) = figure.axes
    names = [text for text in axes.texts if isinstance(text, Annotation)]
    shown = [text.get_text() for text in names]
    assert "student-03" in shown
    assert len(names) >= (count if count < 10 else 8)
    figure.draw_without_rendering()
    found = boxes(figure, names)
    assert not any(a.overlaps(b) for a, b in combinations(found, 2))
    assert all(axes.bbox.x0 < box.x0 and box.x1 < axes.bbox.x1 for box in found)
    assert all(axes.bbox.y0 < box.y0 and box.y1 < axes.bbox.y1 for box in found)
    spots = axes.transData.transform([(p["parameters"], 100 - 100 * p["accuracy"]) for p in points])
    assert not any(box.contains(*spot) for box in found for spot in spots)
    assert not any(
        box.y0 < axes.transData.transform((1e4, 0.6))[1] < box.y1 for box in found
    )  # the threshold
