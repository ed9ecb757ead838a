"""Digits are drawn from whatever holds them, and the misread ones are framed."""

import html

import numpy as np
import pytest
import torch

from course.figures.images.digits import draw_digits
from tests.helpers.drawings import NARROW, WIDE, assert_no_text_is_cut_off

FIGURES = {
    "digits": lambda size: draw_digits(
        np.eye(28)[None].repeat(23, 0), range(23), [1] * 23, title="23"
    ),
    "no digits": lambda size: draw_digits([]),
}


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("name", FIGURES)
def test_draws_without_a_warning_and_no_text_is_cut_off(name, size):
    assert_no_text_is_cut_off(FIGURES[name](size))


def learned(images: np.ndarray) -> torch.Tensor:
    return torch.tensor(images, dtype=torch.float).requires_grad_()


@pytest.mark.parametrize(
    "kind", [np.asarray, torch.tensor, lambda x: torch.tensor(x)[:, None], learned]
)
def test_digits_frame_what_is_misread(kind):
    images = np.zeros((12, 28, 28), dtype=np.uint8)
    images[:, 4:8] = 255
    truth = torch.arange(12) % 10
    guess = truth.clone()
    guess[2] = 7
    figure = draw_digits(kind(images), truth, guess)
    (axes,) = figure.axes
    assert len(axes.images) == 12
    assert [frame.get_linewidth() > 2 for frame in axes.patches] == [n == 2 for n in range(12)]
    found = [text.get_text() for text in axes.texts]
    assert found == ["0", "1", "2 read as 7", "3", "4", "5", "6", "7", "8", "9", "0", "1"]
    rows = {text.get_position()[1] for text in axes.texts}
    assert len(rows) == 2


def test_digits_share_one_scale_of_grey():
    images = np.stack([np.zeros((28, 28)), np.full((28, 28), 0.5), np.ones((28, 28))])
    assert {image.get_clim() for image in draw_digits(images).axes[0].images} == {(0.0, 1.0)}


def test_the_figure_says_in_words_what_it_shows():
    figure = draw_digits(np.zeros((2, 28, 28)), [1, 3], [1, 5], 'a "title"')
    assert "3 read as 5" in figure.alt
    assert html.escape(figure.alt, quote=True) in figure.to_html()
