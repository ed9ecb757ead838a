"""The frontier tells passed from failed, and leaves room for whatever lies far off."""

import numpy as np
import pytest
from matplotlib.axes import Axes

from course.figures.frontier import draw_frontier, error_ticks
from tests.helpers.drawings import NARROW, WIDE, assert_no_text_is_cut_off, entries, lines, texts

FIGURES = {
    "no points": lambda size: draw_frontier([], size=size),
    "one point": lambda size: draw_frontier(entries(1), size=size),
    "60 points": lambda size: draw_frontier(entries(60), highlight="student-07", size=size),
    "far apart": lambda size: draw_frontier(
        [
            *entries(4),
            {"name": "stock", "parameters": 6_379_786, "accuracy": 1.0, "passed": True},
            {"name": "broken", "parameters": 0, "accuracy": 0.1, "passed": False},
        ],
        size=size,
    ),
}


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("name", FIGURES)
def test_draws_without_a_warning_and_no_text_is_cut_off(name, size):
    assert_no_text_is_cut_off(FIGURES[name](size))


def markers(axes: Axes, label: str) -> tuple[set[float], str]:
    (line,) = lines(axes)[label]
    return set(line.get_xdata()), line.get_fillstyle()


def test_frontier_tells_passed_from_failed_and_draws_the_step():
    points = [
        {"name": "a", "parameters": 8_000, "accuracy": 0.9941, "passed": True, "spread": 0.0003},
        {"name": "b", "parameters": 10_000, "accuracy": 0.9930, "passed": False},
        {"name": "c", "parameters": 20_000, "accuracy": 0.9950, "passed": True},
        {"name": "d", "parameters": 5_000, "accuracy": 0.5, "passed": False},
    ]
    figure = draw_frontier(points, highlight="c")
    (axes,) = figure.axes
    assert markers(axes, "passed") == ({8_000, 20_000}, "full")
    assert markers(axes, "failed") == ({10_000}, "none")
    assert markers(axes, "failed, below the scale") == ({5_000}, "none")
    step = lines(axes)["frontier"][0]
    corners = list(zip(step.get_xdata(), np.round(100 - step.get_ydata(), 2), strict=True))
    scale = np.round(100 - 8 * 0.6, 2)
    assert corners[:-1] == [
        (5000, scale),
        (8000, scale),
        (8000, 99.41),
        (20_000, 99.41),
        (20_000, 99.5),
    ]
    assert axes.get_xscale() == "log"
    spread = [line for line in axes.lines if line.get_marker() == "_"]
    assert [sorted(np.round(100 - line.get_ydata(), 2)) for line in spread] == [[99.38, 99.44]]
    ring = [line for line in axes.lines if line.get_markersize() > 10]
    assert [list(line.get_xdata()) for line in ring] == [[20_000]]
    low, high = axes.get_ylim()
    assert low > high  # errors, upside down
    shown = texts(figure)
    for text in ("99.40%\nto pass", "parameters", "test accuracy, %", "a", "b", "c", "d", "10k"):
        assert text in shown


def test_frontier_joins_a_path_and_marks_groups():
    points = [
        {"name": "1", "parameters": 900_000, "accuracy": 0.993, "passed": False, "group": "step"},
        {"name": "2", "parameters": 7_000, "accuracy": 0.9880, "passed": False, "group": "step"},
        {"name": "3", "parameters": 7_000, "accuracy": 0.9950, "passed": True, "group": "step"},
        {"name": "x", "parameters": 20_000, "accuracy": 0.9941, "passed": True, "group": "other"},
    ]
    figure = draw_frontier(points, path=["1", "2", "3"])
    (axes,) = figure.axes
    path = lines(axes)["step by step"][0]
    corners = list(zip(path.get_xdata(), np.round(100 - path.get_ydata(), 2), strict=True))
    assert corners[0] == (900_000, 99.3)
    assert corners[-1] == (7_000, 99.5)
    assert (7_000, 98.8) in corners
    assert "frontier" not in lines(axes)
    assert markers(axes, "step, passed") == ({7_000}, "full")
    assert markers(axes, "step, failed") == ({7_000, 900_000}, "none")
    assert markers(axes, "other, passed") == ({20_000}, "full")
    shapes = {line.get_marker() for line in axes.lines} & set("os")
    assert shapes == {"o", "s"}
    assert {"1", "2", "3", "x"} <= set(texts(figure))


def test_every_group_is_drawn_and_told_apart():
    one = {"name": "a", "parameters": 1_000, "accuracy": 0.995, "passed": True}
    (axes,) = draw_frontier([one | {"group": f"g{n}"} for n in range(1, 13)]).axes
    passed = {label: found[0] for label, found in lines(axes).items() if "passed" in label}
    drawn = {label: line.get_marker() for label, line in passed.items()}
    assert set(drawn) == {f"g{n}, passed" for n in range(1, 13)}
    assert len(set(drawn.values())) == 10  # then they begin again
    assert "v" not in drawn.values()


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("percent", [15, 99.4, 100])
def test_the_rules_that_are_drawn_are_those_that_are_given(percent, size):
    points = [*entries(5), {"name": "all", "parameters": 900, "accuracy": 1.0, "passed": True}]
    figure = draw_frontier(points, percent / 100, size=size, fewer_than=2_000)
    assert f"{percent:.2f}%\nto pass" in texts(figure)
    assert "fewer than 2,000" in texts(figure)
    assert f"{percent:.2f}% passes" in figure.alt
    (axes,) = figure.axes
    assert [2_000, 2_000] in [list(line.get_xdata()) for line in axes.lines]
    assert axes.get_xlim()[1] > 2_000
    assert_no_text_is_cut_off(figure)


def test_accuracies_are_labelled_without_crowding():
    for low, high in ((0.3, 0.8), (0.55, 0.65), (0.03, 4.8), (0.4, 3)):
        ticks = error_ticks(low, high)
        assert 3 <= len(ticks) <= 8
        assert all(low <= tick <= high for tick in ticks)


def test_an_empty_leaderboard_says_so():
    assert "no entries yet" in texts(draw_frontier([]))


def test_the_figure_says_in_words_what_it_shows():
    assert "99.40% passes" in draw_frontier(entries(3)).alt
