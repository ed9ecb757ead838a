"""Practice digits: handwriting from a few pen paths, 14,000 images in under a second.

    images, labels = draw(2_000, seed=1)
    train_images, train_labels, test_images, test_labels = load()

They are made from no font and no scan. A style is a pen's path on a 10×10 grid, and every digit is
a style bent a little: its control points move at random, the whole is slanted, turned and
stretched, and the pen is thin or thick. The ink is one matrix product per image: the path is a row
of soft blots, and a Gaussian blot is a column of values times a row of values.

With them the whole course works without a network connection. They are not MNIST, and nothing that
is trained on them is ranked.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]
Bytes: TypeAlias = NDArray[np.uint8]

# Each point is two digits: x from the left, y from the top. A curve passes smoothly through its
# points, and | lifts the pen; putting it back at the same point makes a corner. Points of the same
# name move together, so a digit that is bent keeps its strokes connected.
STYLES = {
    0: ["30 12 05 18 39 57 64 51 30", "40 21 04 07 29 48 65 62 50 31",
        "51 30 03 06 39 66 63 51 41"],
    1: ["30 39", "12 30 | 30 39", "12 30 | 30 39 | 19 59"],
    2: ["12 30 52 35 09 | 09 69", "11 30 52 35 18 08 07 17 38 69", "02 20 51 44 19 | 19 49 68"],
    3: ["11 30 52 34 24 | 24 34 56 48 29 08", "10 60 | 60 34 | 34 56 58 39 08",
        "02 20 42 24 46 39 08"],
    4: ["10 05 | 05 65 | 42 49", "50 05 | 05 65 | 50 49", "11 14 35 53 | 51 53 49"],
    5: ["60 10 | 10 14 | 14 34 56 48 29 08", "10 14 | 14 34 56 48 29 08 | 10 60",
        "60 20 13 34 56 48 29 08"],
    6: ["50 22 06 19 48 56 34 15 07", "30 12 06 18 39 57 45 25 07", "51 30 03 07 29 48 46 25 06"],
    7: ["00 60 | 60 29", "00 60 | 60 29 | 15 55", "02 00 | 00 60 | 60 33 29", "01 20 50 61 34 29"],
    8: ["51 30 12 34 56 39 17 34 52 51", "30 12 34 52 30 | 34 16 39 66 34",
        "61 30 11 34 57 39 07 34 61"],
    9: ["52 30 12 14 35 53 52 | 52 59", "52 30 12 14 35 53 51 | 51 55 39 18",
        "62 30 03 25 62 | 62 54 39"],
}  # fmt: skip
SIZES = (12_000, 2_000)  # training and test images
SPACING = 0.25  # between blots, in grid units: about half a pixel, so that blots run together


def pen_path(style: str) -> tuple[Floats, Floats]:
    """Return a style's control points (K, 2) and the weights (P, K) that turn them into blots.

    The path is linear in the control points, so the weights are computed once for all digits of a
    style: `weights @ (points + jitter)` is the bent path.
    """
    names = list(dict.fromkeys(style.replace("|", "").split()))
    points = np.array([[int(n[0]), int(n[1])] for n in names], dtype=np.float32)  # (K, 2)
    rows = [stroke_weights([names.index(n) for n in s.split()], points) for s in style.split("|")]
    return points, np.concatenate(rows)


def stroke_weights(stroke: list[int], points: Floats) -> Floats:
    """Return weights (P, K) of blots at equal distances along a Catmull-Rom curve."""
    t = np.linspace(0, 1, 128, endpoint=False, dtype=np.float32)[:, None]  # (128, 1)
    basis = 0.5 * np.concatenate(  # (128, 4): the point before, the two at the ends, the one after
        [-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, t**3 - t**2],
        axis=1,
    )
    # One row for each point of the stroke; the ends are doubled, since a piece needs four points.
    chosen = np.eye(len(points), dtype=np.float32)[[stroke[0], *stroke, stroke[-1]]]
    dense = np.concatenate(
        [basis @ chosen[i : i + 4] for i in range(len(stroke) - 1)] + [chosen[-1:]]
    )  # (128 * pieces + 1, K)
    steps = np.linalg.norm(np.diff(dense @ points, axis=0), axis=1)
    travelled = np.concatenate([[0.0], np.cumsum(steps)])
    stops = np.arange(0, travelled[-1], SPACING)
    return dense[np.searchsorted(travelled, stops)]


def bend(path: Floats, rng: np.random.Generator) -> Floats:
    """Slant, stretch and turn paths (N, P, 2) of grid units, and place them in pixels."""
    n = len(path)
    slant, turn, width = rng.normal([0.12, 0.0, 0.0], [0.22, 0.1, 0.12], (n, 3)).T
    cos, sin, stretch = np.cos(turn), np.sin(turn), np.exp(width)
    # Slant and stretch first, then the turn: rows of each matrix say where x and y go.
    matrix = np.array([[cos * stretch, sin * stretch], [-sin - slant * cos, cos - slant * sin]])
    path = path @ matrix.transpose(2, 0, 1).astype(np.float32)  # (N, P, 2) @ (N, 2, 2)

    # As in MNIST: the longer side fills about 20 pixels less the pen, and the ink is centred.
    scale = rng.uniform(16, 19, n) / np.ptp(path, axis=1).max(axis=1)
    centred = (path - path.mean(axis=1, keepdims=True)) * scale[:, None, None]
    placed: Floats = (centred + 13.5 + rng.uniform(-1, 1, (n, 1, 2))).astype(np.float32)
    return placed


def ink(path: Floats, rng: np.random.Generator) -> Bytes:
    """Draw paths (N, P, 2) of pixels as images (N, 28, 28)."""
    n = len(path)
    pen = rng.uniform(0.65, 1.25, (n, 1, 1)).astype(np.float32)
    pixel = np.arange(28, dtype=np.float32)[:, None]  # (28, 1)
    columns = np.exp(-0.5 * ((pixel - path[:, None, :, 0]) / pen) ** 2)  # (N, 28, P)
    rows = np.exp(-0.5 * ((pixel - path[:, None, :, 1]) / pen) ** 2)  # (N, 28, P)
    sheet = rows @ columns.transpose(0, 2, 1)  # (N, 28, P) @ (N, P, 28) -> (N, 28, 28)

    # Scaled to 1 at the middle of a straight stroke, whatever the pen and the distance between
    # blots: their median distance, since a lift of the pen makes one large distance.
    gap = np.median(np.linalg.norm(np.diff(path, axis=1), axis=2), axis=1)  # (N,)
    sheet *= gap[:, None, None] / (pen * np.sqrt(2 * np.pi))
    sheet = np.clip((sheet - 0.2) / 0.5, 0, 1)  # white inside, with an edge about a pixel wide
    grain = 1 - 0.15 * rng.random(sheet.shape, dtype=np.float32) ** 2  # changes only what is inked
    image: Bytes = np.rint(255 * sheet * grain).astype(np.uint8)
    return image


def draw(count: int, seed: int) -> tuple[Bytes, Bytes]:
    """Draw `count` digits, as many of each: images (count, 28, 28) and labels (count,)."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 10
    turn = np.arange(count) // 10  # each style of a digit is used in turn
    images = np.empty((count, 28, 28), dtype=np.uint8)
    for digit, styles in STYLES.items():
        for i, style in enumerate(styles):
            which = np.flatnonzero((labels == digit) & (turn % len(styles) == i))
            points, weights = pen_path(style)
            jitter = rng.normal(0, 0.5, (len(which), *points.shape)).astype(np.float32)
            path = weights @ (points + jitter)  # (P, K) @ (N, K, 2) -> (N, P, 2)
            images[which] = ink(bend(path, rng), rng)
    order = rng.permutation(count)
    return images[order], labels[order].astype(np.uint8)


def load() -> tuple[Bytes, Bytes, Bytes, Bytes]:
    """Draw training images and labels, test images and labels: the same every time.

    On another kind of processor, whose exp and sums round otherwise, a few of the nine million
    pixels are one grey level apart.
    """
    (train_images, train_labels), (test_images, test_labels) = (
        draw(count, seed) for seed, count in enumerate(SIZES)
    )
    return train_images, train_labels, test_images, test_labels
