"""Practice digits look like MNIST's, differ as handwriting does, and are the same every time."""

import numpy as np
import pytest
import torch

from course import data, practice
from course.practice import STYLES, Bytes, draw


@pytest.fixture(scope="module")
def some() -> tuple[Bytes, Bytes]:
    """Two thousand digits."""
    return draw(2000, seed=7)


# Drawing


def test_the_same_seed_draws_the_same_digits(some: tuple[Bytes, Bytes]) -> None:
    again, other = draw(2000, seed=7), draw(2000, seed=8)
    assert all(np.array_equal(a, b) for a, b in zip(some, again, strict=True))
    assert not np.array_equal(some[0], other[0])
    assert not np.array_equal(some[1], other[1])  # the order differs too


def test_other_machines_draw_the_same_digits() -> None:
    """A change to the drawing shows here; processors may differ in a last bit, hence a margin."""
    images, labels = draw(10, seed=0)
    assert labels.tolist() == [4, 7, 3, 9, 1, 8, 5, 0, 2, 6]
    assert images.sum(axis=(1, 2), dtype=int).tolist() == pytest.approx(
        [25387, 20592, 16136, 28009, 11831, 32902, 24374, 28166, 17217, 32031], abs=20
    )


def test_there_are_as_many_of_each_digit(some: tuple[Bytes, Bytes]) -> None:
    assert np.bincount(some[1]).tolist() == [200] * 10
    assert draw(7, seed=0)[0].shape == (7, 28, 28)


def test_images_look_like_those_of_mnist(some: tuple[Bytes, Bytes]) -> None:
    images, labels = some
    assert (images.shape, images.dtype, labels.dtype) == ((2000, 28, 28), np.uint8, np.uint8)
    assert 0.09 < images.mean() / 255 < 0.14  # MNIST: 0.131
    assert (images == 0).mean() > 0.7  # a black ground, without noise
    assert images.max(axis=(1, 2)).min() > 200  # no digit is faint
    ink = images.sum(axis=0)
    border = ink.sum() - ink[2:-2, 2:-2].sum()
    assert border < 0.01 * ink.sum()  # a margin
    weight = images / images.sum(axis=(1, 2), keepdims=True)
    for axis in (1, 2):  # centred by mass, give or take the shift and the jitter
        centre = (weight.sum(axis=axis) * np.arange(28)).sum(axis=1)
        assert np.abs(centre - 13.5).max() < 3
        assert abs(centre.mean() - 13.5) < 0.2


def test_pens_differ_but_not_with_the_stretch(some: tuple[Bytes, Bytes]) -> None:
    ones = some[0][some[1] == 1]
    width = (ones > 127).sum(axis=2).max(axis=1)
    assert width.min() <= 3
    assert width.max() >= 5
    assert np.percentile(some[0].max(axis=(1, 2)), 5) > 240


def test_digits_can_be_told_apart_by_their_labels(some: tuple[Bytes, Bytes]) -> None:
    """The nearest of 1,500 images is right often, as in MNIST, but not always."""
    x = torch.from_numpy(some[0]).flatten(1).float()  # (2000, 784)
    nearest = torch.cdist(x[1500:], x[:1500]).argmin(dim=1).numpy()
    accuracy = (some[1][nearest] == some[1][1500:]).mean()
    assert 0.9 < accuracy < 0.995


@pytest.mark.parametrize("style", [style for styles in STYLES.values() for style in styles])
def test_a_path_keeps_to_its_points(style: str) -> None:
    points, weights = practice.pen_path(style)
    path = weights @ points  # (P, 2)
    assert weights.sum(axis=1) == pytest.approx(1, abs=1e-5)  # moving all points moves the path
    gaps = np.linalg.norm(np.diff(path, axis=0), axis=1)
    lifts = style.count("|")
    assert np.sort(gaps)[: len(gaps) - lifts].max() < 1.3 * practice.SPACING
    away = np.linalg.norm(points[:, None] - path[None], axis=2).min(axis=1)  # (K,)
    assert away.max() < practice.SPACING  # through every point, ends and corners too


def test_putting_the_pen_back_makes_a_corner() -> None:
    right = {}
    for style in ("00 60 | 60 69", "00 60 69"):
        points, weights = practice.pen_path(style)
        right[style] = (weights @ points)[:, 0].max()
    assert right["00 60 | 60 69"] == pytest.approx(6)
    assert right["00 60 69"] > 6.2  # a curve swings out to get round


# Keeping


def test_practice_digits_load_as_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(practice, "SIZES", (60, 30))
    digits = data.load("practice")
    assert digits.name == "practice"
    images, labels = draw(60, seed=0)
    assert np.array_equal(digits.train_images.numpy(), images)
    assert np.array_equal(digits.train_labels.numpy(), labels)
    images, labels = draw(30, seed=1)  # another seed: no test digit was trained on
    assert np.array_equal(digits.test_images.numpy(), images)
    assert np.array_equal(digits.test_labels.numpy(), labels)
    assert {digits.train_labels.dtype, digits.test_labels.dtype} == {torch.int64}


def test_there_are_as_many_as_the_lessons_say() -> None:
    assert practice.SIZES == (12_000, 2_000)
