"""Misread digits are found, put in order, and drawn with how sure the networks were of them."""

import numpy as np
import pytest

from course.figures.images.misread import MOST, Misread, draw_misread, find_misread
from tests.helpers.drawings import assert_no_text_is_cut_off, boxes, texts


def many(count: int, seeds: int) -> list[Misread]:
    return [Misread(i, 4, 9, 1.0, 1 + i % seeds) for i in range(count)]


def images(count: int) -> np.ndarray:
    return np.eye(28)[None].repeat(count, 0)


def test_what_most_seeds_miss_comes_first_and_then_what_they_are_surest_of():
    labels = [0, 1, 2, 3, 4]
    readings = [
        ([0, 7, 8, 3, 9], [0.9, 0.6, 0.8, 0.9, 0.5]),
        ([0, 7, 2, 5, 9], [0.9, 0.8, 0.9, 0.9, 0.6]),
    ]
    found = find_misread(labels, readings)
    assert [(one.place, one.label, one.read, one.misses) for one in found] == [
        (1, 1, 7, 2),
        (4, 4, 9, 2),
        (3, 3, 5, 1),
        (2, 2, 8, 1),
    ]
    assert [one.sure for one in found] == pytest.approx([0.7, 0.55, 0.9, 0.8])


def test_where_seeds_read_different_digits_the_commonest_counts():
    readings = [([7], [0.9]), ([1], [0.5]), ([1], [0.7]), ([4], [1.0])]
    assert find_misread([4], readings) == [Misread(0, 4, 1, pytest.approx(0.6), misses=3)]


@pytest.mark.parametrize(("count", "seeds"), [(0, 1), (1, 1), (7, 3), (70, 1), (70, 10)])
def test_draws_without_a_warning_and_no_text_is_cut_off_or_covers_another(count, seeds):
    figure = draw_misread(images(count), many(count, seeds), seeds, "Net: 70 of 10,000 misread")
    assert_no_text_is_cut_off(figure)
    (axes,) = figure.axes
    assert len(axes.images) == min(count, MOST)
    places = boxes(figure, [text for text in axes.texts if text.get_text()])
    assert not any(one.count_overlaps(places[i + 1 :]) for i, one in enumerate(places))


def test_the_figure_says_what_is_not_shown_and_all_that_is_in_words():
    figure = draw_misread(images(MOST + 8), many(MOST + 8, 2), 2, "Net")
    assert "What most seeds misread comes first; 8 more are not shown." in texts(figure)
    said = "4 read as 9 (over 99% sure, 1 of 2 seeds), 4 read as 9 (over 99% sure, 2 of 2 seeds)"
    assert figure.alt.startswith(f"Net: {said}, ")
    assert figure.alt.endswith(", and 8 more.")
    alone = draw_misread(images(1), [Misread(0, 4, 9, 0.974, 1)])
    assert {"4 read as 9", "97% sure", "The surest mistakes come first."} <= set(texts(alone))


@pytest.mark.parametrize("count", [10, MOST])
def test_it_is_narrow_enough_for_a_telephone(count):
    figure = draw_misread(images(count), many(count, 3), 3)
    telephone = 390 / figure.get_figwidth()  # pixels an inch
    assert all(text.get_fontsize() * telephone / 72 > 9 for text in figure.axes[0].texts)
